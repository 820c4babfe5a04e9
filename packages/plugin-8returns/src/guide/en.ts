export const en = `
## Before you begin

You need a login at [app.8returns.com](https://app.8returns.com/) with administrator rights. The menu below is described by a third party
(melibo), not by 8returns; words may differ by version. If you find no such menu, ask the support of 8returns for API access.

## Create the token

1. Sign in at [app.8returns.com](https://app.8returns.com/).
2. Open **API-Integrationen** or **Entwicklereinstellungen** in the menu.
3. Choose **Neues API-Token erstellen** and give it a name that says what it is for, for example \`Kontor warehouse\`.
4. Tick as few permissions as you can:

| permission | means | tick it when |
| --- | --- | --- |
| **Retourenverwaltung** | returns management | always: it is needed to read returns too, there is none that only reads |
| **Kundeninformationen** | customer information | only with \`pii: { customer: true }\` |
| **Versandetiketten-Erstellung** | label creation | only for the action \`createLabel\`, which is built on an assumption |
| **Bestellungszugriff** | order access | only for the action \`findOrders\`, which is built on an assumption |

   Returns come with their items and the number of their order without the last three. Kontor finds the order itself.
5. **The value is shown once.** Put it into Kontor at once, before you close the page:
   run \`kontor connect\` for this connection, which stores it encrypted and never prints it; or put it where your configuration refers to.

## What to fill in

- Accounts seen in public code have **two** values: an API key and a password. They are \`apiKey\` and \`password\`.
- If the dashboard shows **one** value, it is \`token\`, alone.

Paste the value alone: no quotes, no \`Bearer\`, no line break.

## Replace it

A token cannot be shown again, and its permissions cannot be changed. Create a new one with all permissions you need, put it in place, run
\`kontor check\`, then delete the old one. Reading goes on where it stopped.

## What goes wrong

| what you see | why | what to do |
| --- | --- | --- |
| \`AUTH_INVALID\`, 401 | wrong or deleted value, or the wrong one of the two forms | try the other form (two values or one); else create a new token |
| \`AUTH_PERMISSION_MISSING\`, 403 | a permission is missing; the message names the one it most likely is | a new token with it |
| \`PERMISSION_SUSPECTED\` | customers are wanted, and returns come without | a new token with **Kundeninformationen** |
| \`ENDPOINT_MISMATCH\` | the address answers, but not with the list of returns | ask 8returns for the address of the API, set \`baseUrl\` or \`endpoints\` |
| \`SECRET_MALFORMED\` | quotes, line breaks or blanks inside the value | paste it again |
| \`RETURN_LINE_AMBIGUOUS\` | two lines with one SKU and different outcomes: 8returns takes SKU and quantity only | book this return by hand |
`
