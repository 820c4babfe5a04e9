/** The carriers of `amzn-base.xsd` (as quoted in selling-partner-api-docs#712). Amazon's list in Seller Central is longer and not public. */
export const carrierCodes: ReadonlySet<string> = new Set(
  `USPS|UPS|UPSMI|FedEx|DHL|Fastway|GLS|GO!|Hermes Logistik Gruppe|Royal Mail|Parcelforce|City Link|TNT|Target|SagawaExpress
NipponExpress|YamatoTransport|DHL Global Mail|UPS Mail Innovations|FedEx SmartPost|OSM|OnTrac|Streamlite|Newgistics|Canada Post
Blue Package|Chronopost|Deutsche Post|DPD|La Poste|Parcelnet|Poste Italiane|SDA|Smartmail|FEDEX_JP|JP_EXPRESS|NITTSU|SAGAWA|YAMATO
BlueDart|AFL/Fedex|Aramex|India Post|Professional|DTDC|Overnite Express|First Flight|Delhivery|Lasership|Yodel|Other`.split(
    /[|\n]/,
  ),
)
