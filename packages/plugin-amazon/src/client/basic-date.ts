/** `20261125T131500Z`: a time as Amazon and AWS write it in headers. */
export const basicDate = (ms: number): string => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '')
