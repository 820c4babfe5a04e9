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

**Erneuern** geht jederzeit, auch lange danach: Schritt 4 wiederholen, das neue Token und seinen Tag eintragen. Kontor macht dort weiter, wo es stehen blieb, und liest jede Bestellung der Lücke.
**Das Secret wechseln**: Schritt 3, *Secret rotieren*. Das alte gilt noch sieben Tage; das Refresh-Token bleibt.
`
