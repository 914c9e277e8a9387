/** A call as pages write it down before the script has loaded: `['track', 'Product Viewed', {…}]`. */
export type WrittenCall = readonly [name: string, ...args: unknown[]]

/** The client with `push`, so that what pages write works alike before and after the script has loaded. */
export function pushable<Target extends object>(client: Target, warn: (text: string) => void) {
  const call = ([name, ...args]: WrittenCall) => {
    const method: unknown = Reflect.get(client, name)
    if (typeof method === 'function') Reflect.apply(method, client, args)
    else warn(`there is no call "${name}"`)
  }
  return { ...client, push: (...calls: WrittenCall[]) => calls.forEach(call) }
}
