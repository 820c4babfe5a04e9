export const de = `# Einen BigCommerce-Shop verbinden

Nötig ist die Inhaberin des Shops oder jemand mit dem Recht, API-Konten anzulegen.

1. Im Backoffice **Einstellungen** öffnen, ganz nach unten zu **API** scrollen, **API-Konten** öffnen und **API-Konto erstellen** wählen (ein *V2/V3-API-Token*).
2. Einen Namen geben, etwa *Kontor*, und diese Berechtigungen:

| Berechtigung | Stufe | wofür |
| --- | --- | --- |
| Kunden (Customers) | nur lesen | Treuepunkte |
| Marketing | bearbeiten | Rabattcodes für Prämien |
| Bestellungen (Orders) | nur lesen; *bearbeiten*, um Sendungen zu melden | Bestellungen, Sendungen |
| Bestelltransaktionen (Order Transactions) | nur lesen | Rückerstattungen |
| Produkte (Products) | nur lesen; *bearbeiten*, um Preise zu schreiben | Produkte, Preise |
| Lagerbestand (Store Inventory) | bearbeiten | Bestand; für Treuepunkte allein nicht nötig |
| Informationen und Einstellungen (Information & Settings) | nur lesen | Währung des Shops; sonst in \`config.currency\` schreiben |

   Ein Treueprogramm verlangt zusätzlich Warenkörbe und Kassen; sie schaden nicht, Kontor braucht sie nicht.
   **Berechtigungen lassen sich später nicht ergänzen.** Fehlt eine, ist ein neues Konto nötig: \`kontor check\` nennt sie in den Worten von BigCommerce.

3. **Speichern.** Der Browser lädt eine Textdatei herunter, \`BigCommerceAPI-credentials-….txt\`. Sie lässt sich nicht noch einmal herunterladen. Neben die Konfiguration legen, nur für Sie lesbar, und auf sie zeigen:

\`\`\`yaml
connections:
  shop:
    plugin: "@kontor/plugin-bigcommerce"
    credentials: { accountFile: ./BigCommerceAPI-credentials.txt }
\`\`\`

Einzelne Werte gehen auch: \`{ storeHash: abc123, accessToken: "\${env:BIGCOMMERCE_TOKEN}", clientSecret: "\${env:BIGCOMMERCE_SECRET}" }\`.
Der Store-Hash ist der Teil hinter \`/stores/\` im API-Pfad. Das Client-Secret dient dazu, Webhooks zu prüfen.

4. \`kontor check\` sagt, ob es geht und welche Berechtigungen fehlen.

**Punkte und Rückerstattungen.** Erstatten Sie über die Aktion *Rückerstattung* (Refund) der Bestellung in BigCommerce. Den Status einer Bestellung auf (teilweise) erstattet zu setzen bewegt kein Geld und nimmt keine Punkte zurück.
`
