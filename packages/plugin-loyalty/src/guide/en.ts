export const en = `# Connect a loyalty programme

## Leat (formerly Piggy)

1. Open the **Business Dashboard** (business.leat.com) and go to **Apps**, **Integrations**, **Personal Access Tokens**.
2. Create a token, give it a name and a day on which it ends. It is shown once. Note the day: from then on nothing is booked until there is a new one.
3. Keep it as a secret and name it in the configuration:

\`\`\`yaml
connections:
  points:
    plugin: "@kontor/plugin-loyalty"
    config: { provider: leat, shop: 3f0c2a4e-0000-0000-0000-000000000000 }
    credentials: { token: "\${env:LEAT_TOKEN}" }
\`\`\`

4. \`kontor check\` lists the shops (business profiles) of the account with their UUIDs: put the right one into \`config.shop\`.
5. \`variant: credits\` needs nothing else. For \`variant: orders\` add an **Order Action** in the dashboard, else orders earn nothing.

Leat has no test system: "testing is done on the production environment", in an account of its own, and its automations send real mail.

## A ledger of your own

Any system that answers five calls over HTTPS; the README says which.

\`\`\`yaml
connections:
  points:
    plugin: "@kontor/plugin-loyalty"
    config: { provider: webhook-ledger, url: https://loyalty.example.com/kontor }
    credentials: { token: "\${env:LEDGER_TOKEN}", signingSecret: "\${env:LEDGER_SECRET}" }
\`\`\`

## Rewards as discount codes

The shop's API account needs *Marketing: modify*. \`kontor loyalty rewards\` lists what the programme offers; name in the configuration what it becomes:

\`\`\`yaml
flows:
  - loyalty:
      shop: shop
      provider: points
      redeem:
        rewards:
          five-euros: { reward: 9f2b0000-0000-4000-8000-000000000005, points: "50", discount: { kind: amount, amount: "5.00", currency: EUR, expiresDays: 90 } }
\`\`\`

\`kontor loyalty redeem five-euros --member erika.muster@example.com\` takes the points and makes the code. Make sure first that it is the member who asks:
Leat itself warns against trusting an e-mail address alone.
`
