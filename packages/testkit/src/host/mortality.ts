/** A process that dies at the so-manieth of its points, or at the first of this name. Without `at` it lives, and only counts them. */
export class Mortality {
  /** The names of the points passed, the fatal one included. */
  readonly points: string[] = []
  /** Resolves when it dies. */
  readonly death: Promise<'died'>
  readonly #at: number | string | undefined
  #die: () => void = () => undefined
  #dead = false

  constructor(at?: number | string) {
    this.#at = at
    this.death = new Promise((resolve) => {
      this.#die = () => resolve('died')
    })
  }

  get dead(): boolean {
    return this.#dead
  }

  /** What stands after it does not happen when this is the fatal point; nor does anything else afterwards. */
  async point(name: string): Promise<void> {
    if (this.#dead) return await never()
    this.points.push(name)
    if (this.points.length !== this.#at && name !== this.#at) return
    this.#dead = true
    this.#die()
    await never()
  }
}

const never = (): Promise<never> => new Promise(() => undefined)
