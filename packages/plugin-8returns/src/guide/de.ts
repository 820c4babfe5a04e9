export const de = `
## Bevor du beginnst

Du brauchst einen Zugang zu [app.8returns.com](https://app.8returns.com/) mit Adminrechten. Das Menü unten beschreibt ein Dritter (melibo),
nicht 8returns; je nach Version heißt etwas anders. Findest du kein solches Menü, frage den Support von 8returns nach dem API-Zugang.

## Token erstellen

1. Melde dich unter [app.8returns.com](https://app.8returns.com/) an.
2. Öffne **API-Integrationen** oder **Entwicklereinstellungen** im Menü.
3. Klicke auf **Neues API-Token erstellen** und gib ihm einen Namen, der sagt, wofür es da ist, zum Beispiel \`Kontor Lager\`.
4. Wähle so wenige Berechtigungen wie möglich:

| Berechtigung | wann |
| --- | --- |
| **Retourenverwaltung** | immer: auch zum Lesen von Retouren ist sie nötig, eine nur lesende gibt es nicht |
| **Kundeninformationen** | nur mit \`pii: { customer: true }\` |
| **Versandetiketten-Erstellung** | nur für die Aktion \`createLabel\`, die auf einer Annahme beruht |
| **Bestellungszugriff** | nur für die Aktion \`findOrders\`, die auf einer Annahme beruht |

   Retouren kommen auch ohne die letzten drei mit ihren Artikeln und ihrer Bestellnummer. Die Bestellung findet Kontor selbst.
5. **Der Wert wird einmalig angezeigt.** Gib ihn Kontor sofort, bevor du die Seite schließt:
   \`kontor connect\` für diese Verbindung speichert ihn verschlüsselt und zeigt ihn nie; oder lege ihn dort ab, worauf deine Konfiguration verweist.

## Was du einträgst

- Konten, die man in öffentlichem Code sieht, haben **zwei** Werte: API-Schlüssel und Passwort. Sie heißen \`apiKey\` und \`password\`.
- Zeigt das Dashboard **einen** Wert, ist das \`token\`, allein.

Füge nur den Wert ein: ohne Anführungszeichen, ohne \`Bearer\`, ohne Zeilenumbruch.

## Token ersetzen

Ein Token wird nicht erneut angezeigt, und seine Berechtigungen lassen sich nicht ändern. Erstelle ein neues mit allen Berechtigungen, die du
brauchst, trage es ein, rufe \`kontor check\` auf und lösche dann das alte. Das Lesen geht dort weiter, wo es aufgehört hat.

## Was schiefgehen kann

| was du siehst | warum | was du tust |
| --- | --- | --- |
| \`AUTH_INVALID\`, 401 | falscher oder gelöschter Wert, oder die falsche der beiden Formen | die andere Form versuchen (zwei Werte oder einer); sonst ein neues Token |
| \`AUTH_PERMISSION_MISSING\`, 403 | eine Berechtigung fehlt; die Meldung nennt die wahrscheinlichste | ein neues Token mit ihr |
| \`PERMISSION_SUSPECTED\` | Kundendaten sind gewünscht, Retouren kommen ohne sie | ein neues Token mit **Kundeninformationen** |
| \`ENDPOINT_MISMATCH\` | die Adresse antwortet, aber nicht mit der Liste der Retouren | 8returns nach der Adresse der API fragen, \`baseUrl\` oder \`endpoints\` setzen |
| \`SECRET_MALFORMED\` | Anführungszeichen, Umbrüche oder Leerzeichen im Wert | noch einmal einfügen |
| \`RETURN_LINE_AMBIGUOUS\` | zwei Zeilen mit einer SKU und verschiedenem Ergebnis: 8returns nimmt nur SKU und Menge | diese Retoure von Hand buchen |
`
