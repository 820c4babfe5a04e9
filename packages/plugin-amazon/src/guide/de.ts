export const de = `# Ein Amazon-Verkäuferkonto verbinden

Sie brauchen den **Tarif „Professionell“** und den Hauptbenutzer des Kontos. Melden Sie sich in **Seller Central** Ihrer Region an (nicht Amazon Payments,
nicht Vendor Central): sellercentral-europe.amazon.com, sellercentral.amazon.com oder sellercentral.amazon.co.jp.
Wenn Sie in mehreren Seller Centrals angemeldet sind, melden Sie sich zuerst überall ab, sonst wird das falsche Konto autorisiert.

1. **Apps und Dienste, Apps entwickeln.** Beim ersten Mal fragt Amazon nach einem Entwicklerprofil: *Privater Entwickler*, und diese Rollen:

| Rolle | wofür |
| --- | --- |
| Inventory and Order Tracking | Bestellungen, Sendungen, Retouren |
| Direct-to-Consumer Delivery (Restricted) | Namen und Adressen: ohne sie kann niemand packen |
| Product Listing | Bestand |
| Pricing | Preise |
| Finance and Accounting | Erstattungen |
| Amazon Fulfillment | Bestand bei Amazon (FBA); nur, wenn Sie es nutzen |
| Tax Invoicing (Restricted) | Steuernummern geschäftlicher Käufer; nur, wenn Sie Rechnungen schreiben |

   Eingeschränkte Rollen („Restricted“) gibt Amazon erst nach einigen Tagen frei. **Eine Rolle, die später dazukommt, verlangt eine neue Autorisierung** (Schritt 4).
2. **Neue App hinzufügen**: ein Name, zum Beispiel *Kontor*, API-Typ *SP API*, die Rollen von oben. Speichern.
3. In der Zeile der App: **LWA-Anmeldedaten, Anzeigen**. Client-ID und Client-Secret kopieren, den Tag notieren.
4. In der Zeile der App: der Pfeil, **Autorisieren**, **App autorisieren**. Das Refresh-Token (\`Atzr|…\`) kopieren, den Tag notieren.
5. **Einstellungen, Kontoinformationen, Händlertoken**: die Verkäufer-ID.

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

Eine Verbindung umfasst alle Marktplätze einer Region. Eine zweite Region (na, eu, fe) ist eine zweite Verbindung.
\`kontor check\` sagt, ob es geht, wo Sie verkaufen und was fehlt.

## Zwei Uhren

| was | gilt | danach |
| --- | --- | --- |
| Autorisierung (Refresh-Token) | ein Jahr ab ihrem Tag | keine Bestellungen kommen herein; Bestand, Preise und Sendungen gehen nicht hinaus |
| Client-Secret | 180 Tage | jeder Aufruf scheitert |

Stehen beide Tage in der Konfiguration, warnt Kontor ab 30 Tage vorher: wöchentlich, in der letzten Woche täglich. Amazon schreibt ebenfalls E-Mails.
Ist die Autorisierung erloschen, steht die Verbindung mit einer einzigen Meldung still. Nichts geht verloren: Was ansteht, wartet.

**Erneuern** geht jederzeit, auch lange danach: Schritt 4 wiederholen, das neue Token und seinen Tag eintragen (in der Konfiguration, dann neu starten; oder mit \`kontor connect\`, was ein laufendes Kontor binnen einer Viertelstunde aufnimmt). Kontor macht dort weiter, wo es stehen blieb, und liest jede Bestellung der Lücke.
**Das Secret wechseln**: Schritt 3, *Secret rotieren*. Das alte gilt noch sieben Tage; das Refresh-Token bleibt.

## Daten der Käufer

Amazon erlaubt, Namen, Anschriften und Telefonnummern bis 30 Tage nach der Lieferung zu behalten. Dann leert Kontor sie von selbst; \`retention: 10d\` an der
Verbindung ist kürzer. Was Lager und andere erhalten haben, müssen diese selbst löschen.

## Eine öffentliche App

Eine private App braucht das nicht. Für eine öffentliche App die Anwendungs-ID (\`amzn1.sp.solution.…\`) in \`config.applicationId\` eintragen und
\`kontor connect <Verbindung> --consent <Rücksprungadresse der App>\` aufrufen, beim ersten Mal mit \`--file\` und einer Datei, in der clientId und clientSecret stehen. Die gezeigte Adresse
öffnen, sich in der richtigen Seller Central anmelden, bestätigen und die ganze Adresse, zu der das führt, binnen fünf Minuten einfügen. Genauso wird jederzeit erneuert.

## Geänderte Bestellungen sofort (wahlweise)

Kontor liest geänderte Bestellungen alle Viertelstunde und im Mittel höchstens alle drei Minuten: Mehr erlaubt Amazon nicht, und Bestellungen der letzten zwei Minuten führt es nicht auf.
Mit einer Warteschlange (Amazon SQS) in einem eigenen AWS-Konto meldet Amazon jede Änderung, und Kontor liest die Bestellung binnen Sekunden. Ohne sie fehlt nichts.

1. In AWS, SQS: **Warteschlange erstellen**, Typ *Standard*, in einer beliebigen Region, für Kontor allein. Ihre Zugriffsrichtlinie lässt Amazon senden (\`<ARN>\` ist die der Warteschlange):

\`\`\`json
{ "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::437568002678:root" }, "Action": ["sqs:SendMessage", "sqs:GetQueueAttributes"], "Resource": "<ARN>" }
\`\`\`

2. In AWS, IAM: ein Benutzer mit Zugriffsschlüssel und nur dieser Berechtigung:

\`\`\`json
{ "Effect": "Allow", "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], "Resource": "<ARN>" }
\`\`\`

3. Die URL der Warteschlange in \`config.orderChangeQueue\` eintragen, den Schlüssel in \`credentials.awsAccessKeyId\` und \`credentials.awsSecretAccessKey\`.

Beim Start macht Kontor die Warteschlange zum Ziel Ihrer App und abonniert ORDER_CHANGE; \`kontor check\` zeigt, wie viel in ihr wartet.
Verweigert Amazon das Ihrer App, geht es von Hand (etwa mit Postman): mit einem Token ohne Verkäufer (grantless) des Scopes \`sellingpartnerapi::notifications\`
\`POST /notifications/v1/destinations\` mit \`{"name":"kontor","resourceSpecification":{"sqs":{"arn":"<ARN>"}}}\`, dann mit dem Token des Verkäufers
\`POST /notifications/v1/subscriptions/ORDER_CHANGE\` mit \`{"payloadVersion":"1.0","destinationId":"<dessen Antwort>"}\`.
`
