export const de = `# Ein Treueprogramm verbinden

## Leat (früher Piggy)

1. Das **Business Dashboard** öffnen (business.leat.com), dort **Apps**, **Integrationen**, **Personal Access Tokens**.
2. Einen Token anlegen, mit Namen und einem Tag, an dem er endet. Er wird nur einmal gezeigt. Den Tag notieren: Ab dann wird nichts gebucht, bis es einen neuen gibt.
3. Den Token als Geheimnis ablegen und in der Konfiguration nennen:

\`\`\`yaml
connections:
  points:
    plugin: "@kontor/plugin-loyalty"
    config: { provider: leat, shop: 3f0c2a4e-0000-0000-0000-000000000000 }
    credentials: { token: "\${env:LEAT_TOKEN}" }
\`\`\`

4. \`kontor check\` nennt die Shops (Geschäftsprofile) des Kontos mit ihren UUIDs: den richtigen in \`config.shop\` eintragen.
5. \`variant: credits\` braucht sonst nichts. Für \`variant: orders\` im Dashboard eine **Order Action** anlegen, sonst bringen Bestellungen keine Punkte.

Leat hat kein Testsystem: Getestet wird in der Produktion, in einem eigenen Konto, und seine Automationen verschicken echte Mails.

## Ein eigenes Punktekonto

Jedes System, das fünf Aufrufe über HTTPS beantwortet; die README sagt, welche.

\`\`\`yaml
connections:
  points:
    plugin: "@kontor/plugin-loyalty"
    config: { provider: webhook-ledger, url: https://loyalty.example.com/kontor }
    credentials: { token: "\${env:LEDGER_TOKEN}", signingSecret: "\${env:LEDGER_SECRET}" }
\`\`\`

## Prämien als Rabattcodes

Das API-Konto des Shops braucht *Marketing: Bearbeiten*. \`kontor loyalty rewards\` nennt, was das Programm anbietet; in der Konfiguration steht, was daraus wird:

\`\`\`yaml
flows:
  - loyalty:
      shop: shop
      provider: points
      redeem:
        rewards:
          fuenf-euro: { reward: 9f2b0000-0000-4000-8000-000000000005, points: "50", discount: { kind: amount, amount: "5.00", currency: EUR, expiresDays: 90 } }
\`\`\`

\`kontor loyalty redeem fuenf-euro --member erika.muster@example.com\` nimmt die Punkte und legt den Code an. Vorher sicherstellen, dass wirklich das Mitglied fragt:
Leat selbst warnt davor, einer Mailadresse allein zu trauen.
`
