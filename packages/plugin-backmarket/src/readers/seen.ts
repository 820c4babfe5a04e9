/**
 * Which members of a list have come, and as of which change: twelve bytes each instead of some hundred and fifty, because a first
 * reading may bring a million. Ids are numbers in this API; what is none is kept as text.
 *
 * Of a change only a digest of 32 bits is kept. Should two changes of one member within one reading share it (one in four thousand
 * million), the later one comes with the next reading, whose window begins hours before.
 */
export class Seen {
  #ids = new Float64Array(1024)
  #changes = new Uint32Array(1024)
  #count = 0
  readonly #others = new Map<string, string>()

  /** How many different members. */
  get size(): number {
    return this.#count + this.#others.size
  }

  /** Notes it; answers whether it is new, or has changed. */
  add(id: string, modified: string): boolean {
    const number = /^[1-9]\d{0,14}$/.test(id) ? Number(id) : 0
    if (number === 0) {
      if (this.#others.get(id) === modified) return false
      this.#others.set(id, modified)
      return true
    }
    if (this.#count * 10 >= this.#ids.length * 6) this.#grow()
    const change = digestOf(modified)
    const slot = this.#slotOf(number)
    if (this.#ids[slot] === number && this.#changes[slot] === change) return false
    if (this.#ids[slot] !== number) this.#count++
    this.#ids[slot] = number
    this.#changes[slot] = change
    return true
  }

  /** Where this id lies, or would lie. The table is never full. */
  #slotOf(id: number): number {
    const mask = this.#ids.length - 1
    // Ids follow one another; spread by Fibonacci hashing they do not crowd.
    let slot = (Math.imul((id % 0x1_0000_0000) | 0, 0x9e37_79b1) >>> 0) & mask
    while (this.#ids[slot] !== 0 && this.#ids[slot] !== id) slot = (slot + 1) & mask
    return slot
  }

  #grow(): void {
    const [ids, changes] = [this.#ids, this.#changes]
    this.#ids = new Float64Array(ids.length * 2)
    this.#changes = new Uint32Array(ids.length * 2)
    for (const [index, id] of ids.entries()) {
      if (id === 0) continue
      const slot = this.#slotOf(id)
      this.#ids[slot] = id
      this.#changes[slot] = changes[index] ?? 0
    }
  }
}

/** FNV-1a. */
function digestOf(text: string): number {
  let hash = 0x811c_9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x0100_0193)
  return hash >>> 0
}
