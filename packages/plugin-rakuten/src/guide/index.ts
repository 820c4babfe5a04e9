import type { Guide } from '@kontor/core'

/** How a person connects a Rakuten France account. Sources: Rakuten's seller help, and two integrators' guides (2022 to 2025). */
export const guide: Guide = {
  en: `You need a **professional** seller account at Rakuten France; web services are not open to private sellers.

1. Sign in at [fr.shopping.rakuten.com](https://fr.shopping.rakuten.com).
2. **Account name**: it stands in the banner at the top of your account. It is *not* the e-mail address you sign in with; Rakuten refuses that. Put it into \`config.login\`.
3. **Token**: open *Mon compte*, then *Tokens* (in some accounts *Mes informations développeur*), and copy the web service token. It is not your password. Put it into \`credentials.token\`. A new token makes the old one useless.
4. **SKU**: in the feed that creates your offers, send your own product id as *référence interne* (\`sellerReference\`). Rakuten returns it as \`sku\` with each sale; it is the key your products are found by. An offer made by hand without it arrives flagged \`sku_missing\`.
5. **Carriers**: list the names your warehouse uses under \`carriers\`. \`kontor check\` says which of them Rakuten would refuse, before the first parcel.
6. Run \`kontor check\`. It asks Rakuten for your shipping modes, which changes nothing.
7. **Who accepts**: until you say \`decide\` in the config, every sale waits for you: \`kontor decide <sale> accept\`. With \`accept: auto\` all are accepted, with \`accept: rule\` those your rules name. Accepting charges the buyer's card.

**Test order**: the sandbox (\`environment: sandbox\`) has an account and a token of its own, made from your professional account; sales placed there are not real. Sandbox credentials do not work in production, nor the other way round.

**Messages**: with \`readMessages: true\`, claim texts and messages are read, and Rakuten then shows them as read in your account.`,
  de: `Sie brauchen ein **Professional-Verkäuferkonto** bei Rakuten France; privaten Verkäufern stehen die Webservices nicht offen.

1. Melden Sie sich auf [fr.shopping.rakuten.com](https://fr.shopping.rakuten.com) an.
2. **Kontoname**: Er steht im Banner oben in Ihrem Konto. Es ist *nicht* die E-Mail-Adresse, mit der Sie sich anmelden; die lehnt Rakuten ab. Er gehört in \`config.login\`.
3. **Token**: Öffnen Sie *Mon compte*, dann *Tokens* (in manchen Konten *Mes informations développeur*), und kopieren Sie das Token der Webservices. Es ist nicht Ihr Passwort. Es gehört in \`credentials.token\`. Ein neues Token macht das alte unbrauchbar.
4. **SKU**: Senden Sie in dem Feed, der Ihre Angebote anlegt, Ihre eigene Produkt-ID als *référence interne* (\`sellerReference\`). Rakuten gibt sie mit jedem Verkauf als \`sku\` zurück; über sie werden Ihre Produkte gefunden. Ein von Hand angelegtes Angebot ohne SKU kommt mit der Markierung \`sku_missing\` an.
5. **Versender**: Tragen Sie die Namen, die Ihr Lager verwendet, unter \`carriers\` ein. \`kontor check\` sagt vor dem ersten Paket, welche davon Rakuten ablehnen würde.
6. Führen Sie \`kontor check\` aus. Es fragt Rakuten nach Ihren Versandarten und ändert nichts.
7. **Wer annimmt**: Solange die Konfiguration kein \`decide\` nennt, wartet jeder Verkauf auf Sie: \`kontor decide <Verkauf> accept\`. Mit \`accept: auto\` werden alle angenommen, mit \`accept: rule\` die, die Ihre Regeln nennen. Mit der Annahme wird die Karte des Käufers belastet.

**Testbestellung**: Die Sandbox (\`environment: sandbox\`) hat ein eigenes Konto und ein eigenes Token, angelegt aus Ihrem Professional-Konto; Verkäufe dort sind nicht echt. Zugangsdaten der Sandbox gelten nicht in der Produktion, und umgekehrt.

**Nachrichten**: Mit \`readMessages: true\` werden Texte von Reklamationen und Nachrichten gelesen; Rakuten zeigt sie danach in Ihrem Konto als gelesen.`,
}
