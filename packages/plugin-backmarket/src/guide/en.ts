export const en = `
## Get the token

1. Sign in to the back office of your platform as an administrator:
   [Europe and UK](https://www.backmarket.fr/bo-seller), [North America](https://www.backmarket.com/bo-seller) or
   [Japan and Australia](https://www.backmarket.co.jp/bo-seller). The platform is \`region\` of the connection.
2. Open **Options > Integrations**.
3. Choose **Add new integration**, take the entry for your own development (or the name you like best), and confirm.
4. Copy the token and put it where the configuration refers to, for example \`BACKMARKET_TOKEN\`. It is sent as it is:
   do not encode it, and leave the word \`Basic\` away (if it is pasted too, it is taken off).

Two platforms are two seller accounts: two tokens, two connections. Preprod is a third, with a token from
[preprod.backmarket.fr/bo-seller](https://preprod.backmarket.fr/bo-seller) (or .com, .co.jp).

## Renew it

A token has no date of expiry that Back Market would tell. When calls are answered with 401:

1. Delete the integration under **Options > Integrations** with the bin beside it.
2. Reload the page.
3. Add it again, and put the new token in place. Reading goes on where it stopped.

Tokens made before **24 April 2023** stopped working 60 days later. They were the encoded e-mail and password of a user.

## What goes wrong

| what you see | why | what to do |
| --- | --- | --- |
| \`AUTH_INVALID\`, 401 | token deleted, mistyped, of another platform, or from before April 2023 | renew it as above |
| \`SECRET_MALFORMED\` or a message about e-mail and password | the login was pasted instead of the token | copy the token from Options > Integrations |
| \`BLOCKED\`, 403 with a page or \`bot-need-challenge\` | the firewall does not like us: often a user agent that is not filled in | check \`company\`, \`integration\`, \`contactEmail\`; send the cf-ray in the message to your contact |
| \`ENDPOINT_MISMATCH\`, 404 “Webservices unavailable” | the account is on another platform, or has no API access | check \`region\` and \`environment\`; ask Back Market to open the API |
| \`AUTH_PERMISSION_MISSING\`, 403 as JSON | the account may not do this one thing | ask your contact at Back Market |
| \`RATE_LIMITED\`, 429 | other programs use the same account | nothing; it is tried again after 10 seconds |
`
