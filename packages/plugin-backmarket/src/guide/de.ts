export const de = `
## Den Token holen

1. Als Administrator im Back Office der eigenen Plattform anmelden:
   [Europa und Vereinigtes Königreich](https://www.backmarket.fr/bo-seller), [Nordamerika](https://www.backmarket.com/bo-seller) oder
   [Japan und Australien](https://www.backmarket.co.jp/bo-seller). Die Plattform ist \`region\` der Verbindung.
2. **Optionen > Integrationen** öffnen.
3. **Neue Integration hinzufügen** wählen, im Menü die eigene Entwicklung (oder einen passenden Namen) nehmen und bestätigen.
4. Den Token kopieren und dort ablegen, worauf die Konfiguration verweist, etwa in \`BACKMARKET_TOKEN\`. Er wird gesendet, wie er ist:
   nicht kodieren, und das Wort \`Basic\` weglassen (wird es mitkopiert, wird es entfernt).

Zwei Plattformen sind zwei Verkäuferkonten: zwei Token, zwei Verbindungen. Preprod ist ein drittes, mit einem Token aus
[preprod.backmarket.fr/bo-seller](https://preprod.backmarket.fr/bo-seller) (oder .com, .co.jp).

## Den Token erneuern

Back Market nennt kein Ablaufdatum. Werden Aufrufe mit 401 beantwortet:

1. Die Integration unter **Optionen > Integrationen** mit dem Papierkorb daneben löschen.
2. Die Seite neu laden.
3. Die Integration wieder hinzufügen und den neuen Token ablegen. Gelesen wird dort weiter, wo es aufgehört hat.

Token von vor dem **24. April 2023** gelten seit 60 Tagen danach nicht mehr. Sie waren E-Mail und Passwort eines Benutzers, kodiert.

## Was schiefgeht

| was man sieht | warum | was zu tun ist |
| --- | --- | --- |
| \`AUTH_INVALID\`, 401 | Token gelöscht, falsch kopiert, von einer anderen Plattform oder von vor April 2023 | wie oben erneuern |
| \`SECRET_MALFORMED\` oder eine Meldung über E-Mail und Passwort | statt des Tokens wurden die Zugangsdaten eingefügt | den Token unter Optionen > Integrationen kopieren |
| \`BLOCKED\`, 403 mit einer Seite oder \`bot-need-challenge\` | die Firewall weist uns ab, oft wegen eines unvollständigen User-Agent | \`company\`, \`integration\`, \`contactEmail\` prüfen; die cf-ray aus der Meldung an den Ansprechpartner senden |
| \`ENDPOINT_MISMATCH\`, 404 „Webservices unavailable“ | das Konto liegt auf einer anderen Plattform oder hat keinen API-Zugang | \`region\` und \`environment\` prüfen; den Zugang bei Back Market freischalten lassen |
| \`AUTH_PERMISSION_MISSING\`, 403 als JSON | das Konto darf genau dies nicht | beim Ansprechpartner von Back Market nachfragen |
| \`RATE_LIMITED\`, 429 | andere Programme nutzen dasselbe Konto | nichts; nach 10 Sekunden wird es wieder versucht |
`
