// A naive model of who is who: everything is worked out anew from the list of what happened. Numbers of people are those of
// the model; `madeBy` says which message made each.

export type Name = `${'user' | 'device' | 'openid' | 'phone'}:${string}`

export interface Message {
  readonly id: string
  readonly time: number
  readonly user?: string
  readonly device?: string
  readonly openid?: string
  readonly phone?: string
  /** What an alias calls the earlier id: a user's or a device's. */
  readonly previous?: string
  readonly byHand?: boolean
  readonly traits?: Readonly<Record<string, string>>
}

interface ModelMerge {
  readonly messageId: string
  readonly from: number
  readonly into: number
  readonly byHand: boolean
  open: boolean
}

export class NaivePeople {
  readonly madeBy: string[] = []
  readonly owner = new Map<Name, number>()
  readonly merges: ModelMerge[] = []
  readonly events: { id: string; number: number }[] = []
  readonly said: { number: number; name: string; value: string; time: number }[] = []
  separations: [number, number][] = []

  living(number: number): number {
    const merge = this.merges.find((one) => one.open && one.from === number)
    return merge === undefined ? number : this.living(merge.into)
  }
  personOf(name: Name): number | null {
    const number = this.owner.get(name)
    return number === undefined ? null : this.living(number)
  }
  usersOf(person: number): string[] {
    return [...this.owner].filter(([name, number]) => name.startsWith('user:') && this.living(number) === person).map(([name]) => name)
  }
  numbersOf(person: number): number[] {
    return this.madeBy.map((_, number) => number).filter((number) => this.living(number) === person)
  }
  people(): number[] {
    return this.madeBy.map((_, number) => number).filter((number) => this.living(number) === number)
  }
  attributesOf(person: number): Record<string, string> {
    const newest = this.said.filter((one) => this.living(one.number) === person).sort((a, b) => a.time - b.time)
    return Object.fromEntries(newest.map(({ name, value }) => [name, value]))
  }
  private apart(one: number, other: number): boolean {
    return this.separations.some(
      ([a, b]) =>
        [a, b]
          .map((n) => this.living(n))
          .sort()
          .join() === [one, other].sort().join(),
    )
  }

  take(message: Message): void {
    const { user, device, openid, phone } = message
    const name = (kind: 'user' | 'device' | 'openid' | 'phone', value: string | undefined): Name[] =>
      value === undefined ? [] : [`${kind}:${value}`]
    const [account] = name('user', user)
    const earlier: Name[] = message.previous === undefined ? [] : [`user:${message.previous}`, `device:${message.previous}`]
    const previous = earlier.find((one) => this.owner.has(one))
    const others = [...name('openid', openid), ...name('device', device), ...name('phone', phone)]
    const isFree = (one: Name) => {
      const person = this.personOf(one)
      return person !== null && this.usersOf(person).length === 0
    }
    const by =
      account === undefined
        ? others.find((one) => this.owner.has(one))
        : this.owner.has(account)
          ? account
          : [...(previous === undefined ? [] : [previous]), ...others].find(isFree)
    const number = (by === undefined ? undefined : this.owner.get(by)) ?? this.madeBy.push(message.id) - 1
    const person = this.living(number)
    if (account !== undefined && !this.owner.has(account)) this.owner.set(account, number)
    const merge = (other: number, byHand: boolean) => {
      this.merges.push({ messageId: message.id, from: other, into: person, byHand, open: true })
    }
    for (const one of others) {
      const other = this.personOf(one)
      if (other === person) continue
      if (other === null) this.owner.set(one, number)
      else if (this.usersOf(other).length === 0 && !this.apart(person, other)) merge(other, false)
      else if (!one.startsWith('phone:')) this.owner.set(one, number)
    }
    const [, unknown] = earlier
    if (previous === undefined && unknown !== undefined) this.owner.set(unknown, number)
    if (previous !== undefined) {
      const other = this.personOf(previous) ?? person
      if (other !== person && message.byHand) {
        merge(other, true)
        this.separations = this.separations.filter(([a, b]) => this.living(a) !== person || this.living(b) !== person)
      } else if (other !== person && this.usersOf(other).length === 0 && !this.apart(person, other)) merge(other, false)
    }
    this.events.push({ id: message.id, number })
    for (const [trait, value] of Object.entries(message.traits ?? {})) this.said.push({ number, name: trait, value, time: message.time })
  }

  /** Whether nothing would be left to know the person by. */
  isNameless(merge: ModelMerge): boolean {
    const numbers = this.under(merge.from)
    const person = this.living(merge.from)
    return ![...this.owner].some(([, number]) => numbers.includes(number) && this.living(number) === person)
  }
  private under(number: number): number[] {
    return [number, ...this.merges.filter((one) => one.open && one.into === number).flatMap((one) => this.under(one.from))]
  }
  split(merge: ModelMerge): void {
    const person = this.living(merge.from)
    merge.open = false
    this.separations.push([merge.from, person])
  }
}
