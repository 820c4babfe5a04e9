export const en = `# Connect an Amazon seller account

You need the **Professional selling plan** and the primary user of the account. Sign in to **Seller Central** of your region (not Amazon Payments,
not Vendor Central): sellercentral-europe.amazon.com, sellercentral.amazon.com or sellercentral.amazon.co.jp.
If you are signed in to more than one Seller Central, sign out everywhere first, or the wrong account is authorized.

1. **Apps and Services, Develop Apps.** The first time, Amazon asks for a developer profile: choose *Private developer*, and these roles:

| role | for |
| --- | --- |
| Inventory and Order Tracking | orders, shipments, returns |
| Direct-to-Consumer Delivery (Restricted) | names and addresses: without it nobody can pack |
| Product Listing | stock |
| Pricing | prices |
| Finance and Accounting | refunds |
| Amazon Fulfillment | stock at Amazon (FBA); only if you use it |
| Tax Invoicing (Restricted) | tax numbers of business buyers; only if you write invoices |

   Restricted roles take Amazon some days to grant. **A role that is added later needs a new authorization** (step 4).
2. **Add new app client**: a name, for example *Kontor*, API type *SP API*, the roles of above. Save.
3. In the row of the app: **LWA credentials, View**. Copy client id and client secret, and note the day.
4. In the row of the app: the arrow, **Authorize**, **Authorize app**. Copy the refresh token (\`Atzr|…\`), and note the day.
5. **Settings, Account info, Merchant token**: the seller id.

\`\`\`yaml
connections:
  amazon-eu:
    plugin: "@kontor/plugin-amazon"
    config: { region: eu, sellerId: A1EXAMPLE00000, marketplaces: [DE, FR], authorizedOn: 2026-11-25, secretCreatedOn: 2026-11-25 }
    credentials:
      clientId: "\${env:AMAZON_CLIENT_ID}"
      clientSecret: "\${env:AMAZON_CLIENT_SECRET}"
      refreshToken: "\${env:AMAZON_REFRESH_TOKEN}"
\`\`\`

One connection has all marketplaces of a region. A second region (na, eu, fe) is a second connection.
\`kontor check\` says whether it works, where you take part, and what is missing.

## Two clocks

| what | lasts | then |
| --- | --- | --- |
| authorization (refresh token) | a year from its day | no orders come in; stock, prices and shipments do not go out |
| client secret | 180 days | every call fails |

With both days in the configuration Kontor warns from 30 days before: weekly, in the last week daily. Amazon mails too.
When the authorization has lapsed, the connection stands still with one message. Nothing is lost: what is due waits.

**To renew** at any time, also long after: repeat step 4, put the new token and its day in place (in the config, and start the runner again; or with \`kontor connect\`, which a running one takes up within a quarter of an hour). Kontor goes on where it stopped, and reads every order of the gap.
**To rotate the secret**: step 3, *Rotate secret*. The old one works for seven days more; the refresh token stays.

## Buyers' data

Amazon allows names, addresses and telephone numbers to be kept for 30 days after the delivery. Kontor empties them then by itself; \`retention: 10d\` of the
connection is shorter. What the warehouse and others were sent is theirs to delete.

## A public app

A private app needs none of this. For a public app put its application id (\`amzn1.sp.solution.…\`) into \`config.applicationId\`, and run
\`kontor connect <connection> --consent <redirect address of the app>\`, the first time with \`--file\` naming a file that has clientId and clientSecret. Open the address it shows, sign in
to the right Seller Central, confirm, and paste the whole address you are led to within five minutes. The same renews it, at any time.

## Changed orders at once (optional)

Kontor reads changed orders every quarter of an hour, and on average no faster than every three minutes: Amazon allows no more, and lists no order of the last two minutes.
With a queue of Amazon SQS in an AWS account of yours Amazon tells each change, and Kontor reads that order within seconds. Without it nothing is missed.

1. In AWS, SQS: **Create queue**, type *Standard*, in any region, for Kontor alone. Its access policy lets Amazon send (\`<ARN>\` is the queue's):

\`\`\`json
{ "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::437568002678:root" }, "Action": ["sqs:SendMessage", "sqs:GetQueueAttributes"], "Resource": "<ARN>" }
\`\`\`

2. In AWS, IAM: a user with an access key and this permission, nothing else:

\`\`\`json
{ "Effect": "Allow", "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], "Resource": "<ARN>" }
\`\`\`

3. Put the URL of the queue into \`config.orderChangeQueue\`, the key into \`credentials.awsAccessKeyId\` and \`credentials.awsSecretAccessKey\`.

When it starts, the runner makes the queue a destination of your app and subscribes to ORDER_CHANGE; \`kontor check\` shows how much waits in the queue.
If Amazon refuses that to your app, do it by hand (for example with Postman): with a grantless token of scope \`sellingpartnerapi::notifications\`
\`POST /notifications/v1/destinations\` with \`{"name":"kontor","resourceSpecification":{"sqs":{"arn":"<ARN>"}}}\`, then with the token of the seller
\`POST /notifications/v1/subscriptions/ORDER_CHANGE\` with \`{"payloadVersion":"1.0","destinationId":"<its answer>"}\`.
`
