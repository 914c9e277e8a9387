import { type LookupAddress, lookup as systemLookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

// Which addresses somebody may make this program call: those of the public Internet, and what the operator of the program names.

/** What is not reached over the public Internet (RFC 6890 and its successors), the clouds' metadata addresses among it. */
const closed4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]
/** Of IPv6 only what is given to networks at all is open; of that not what leads on to IPv4 or to nobody. */
const open6 = ['2000::/3']
const closed6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']

const listOf = (networks: readonly string[], family: 'ipv4' | 'ipv6'): BlockList => {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/')
    list.addSubnet(address, Number(bits), family)
  }
  return list
}
const lists = { closed4: listOf(closed4, 'ipv4'), open6: listOf(open6, 'ipv6'), closed6: listOf(closed6, 'ipv6') }

/** `::ffff:10.0.0.1` and `::ffff:a00:1` are 10.0.0.1. */
function unmapped(address: string): string {
  const canonical = isIP(address) === 6 ? new URL(`http://[${address.split('%')[0]}]`).hostname.slice(1, -1) : address
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical)
  if (mapped === null) return canonical
  const [high, low] = [Number.parseInt(mapped[1] ?? '', 16), Number.parseInt(mapped[2] ?? '', 16)]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

function isPublic(address: string): boolean {
  if (isIP(address) === 4) return !lists.closed4.check(address, 'ipv4')
  return lists.open6.check(address, 'ipv6') && !lists.closed6.check(address, 'ipv6')
}

/** The address is one that nobody may make us call. */
export class RefusedAddress extends Error {}

export interface AddressGuard {
  /** Throws `RefusedAddress` for a host that is an address itself and is not allowed. */
  checkHost(host: string): void
  /** Resolves as the system does and refuses a name any of whose addresses is not allowed: what was looked at is what is connected to. */
  readonly lookup: LookupFunction
}

/** Whether a host, an address or a network is what this says. */
export function isReachable(named: string): boolean {
  const [address = '', bits, ...more] = named.split('/')
  const family = isIP(address)
  if (more.length > 0) return false
  if (family === 0) return bits === undefined && /^(\*\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9])?$/i.test(address)
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
}

/** Of `named`, each a host (`hooks.internal`, `*.internal`), an address or a network (`10.1.0.0/16`). */
export function createAddressGuard(named: readonly string[]): AddressGuard {
  const hosts = named.filter((one) => isIP(one.split('/')[0] ?? '') === 0).map((one) => one.toLowerCase())
  const networks = new BlockList()
  for (const one of named) {
    const [address = '', bits] = one.split('/')
    const family = isIP(address)
    if (family === 0) continue
    networks.addSubnet(address, bits === undefined ? (family === 4 ? 32 : 128) : Number(bits), family === 4 ? 'ipv4' : 'ipv6')
  }
  const isNamed = (host: string) => hosts.some((one) => (one.startsWith('*.') ? host.endsWith(one.slice(1)) : host === one))
  const isOpen = (address: string) => {
    const plain = unmapped(address)
    return networks.check(plain, isIP(plain) === 4 ? 'ipv4' : 'ipv6') || isPublic(plain)
  }
  const bare = (host: string) =>
    host
      .toLowerCase()
      .replace(/^\[|\]$/g, '')
      .replace(/\.$/, '')

  return {
    checkHost(host) {
      const address = bare(host)
      if (isIP(address) !== 0 && !isOpen(address)) throw new RefusedAddress(address)
    },
    lookup(hostname, options, callback) {
      systemLookup(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
        if (error) return callback(error, [])
        const closed = isNamed(bare(hostname)) ? undefined : found.find(({ address }) => !isOpen(address))
        const [first] = found
        if (closed !== undefined || first === undefined) return callback(new RefusedAddress(closed?.address ?? hostname), [])
        if (options.all) callback(null, found)
        else callback(null, first.address, first.family)
      })
    },
  }
}
