export const en = `# Connect a BigCommerce shop

You need the store owner, or a user with the permission to create API accounts.

1. In the control panel open **Settings**, scroll down to **API**, open **API accounts** and choose **Create API account** (a *V2/V3 API token*).
2. Give it a name, for example *Kontor*, and these scopes:

| scope | level | for |
| --- | --- | --- |
| Customers | read-only | loyalty |
| Marketing | modify | discount codes for rewards |
| Orders | read-only; *modify* to report shipments | orders, shipments |
| Order Transactions | read-only | refunds |
| Products | read-only; *modify* to write prices | products, prices |
| Store Inventory | modify | stock; not needed for loyalty alone |
| Information & Settings | read-only | the currency of the store; else write it into \`config.currency\` |

   A loyalty programme asks for Carts and Checkouts as well; they do no harm, and Kontor does not need them.
   **Scopes cannot be added later.** A missing one means a new account: \`kontor check\` names it in these words.

3. **Save.** The browser downloads a text file, \`BigCommerceAPI-credentials-….txt\`. It cannot be downloaded again. Put it beside your configuration, readable for you alone, and point at it:

\`\`\`yaml
connections:
  shop:
    plugin: "@kontor/plugin-bigcommerce"
    credentials: { accountFile: ./BigCommerceAPI-credentials.txt }
\`\`\`

Single values work as well: \`{ storeHash: abc123, accessToken: "\${env:BIGCOMMERCE_TOKEN}", clientSecret: "\${env:BIGCOMMERCE_SECRET}" }\`.
The store hash is the part behind \`/stores/\` in the API path. The client secret serves to verify webhooks.

4. \`kontor check\` says whether it works, and which scopes are missing.

**Points and refunds.** Refund through the order action *Refund* in BigCommerce. Setting an order's status to (partially) refunded moves no money and takes no points back.
`
