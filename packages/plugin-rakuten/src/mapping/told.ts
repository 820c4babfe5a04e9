/** The fields that have a value: an absent field says nothing, and `undefined` must not stand in a statement. */
export function told<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
}
