const STEP = /^(?<key>[^:]+\/r-[^:]+):(?:redeem|coupon|give-back)$/

/** The redemption that a points or coupons record of the ledger is a step of: `points/r-1` of `points/r-1:coupon`. */
export const redemptionOf = (id: string): string | undefined => STEP.exec(id)?.groups?.['key']
