/** Words for environments below production, as they stand in hosts, names and paths. */
const lowerWords =
  'staging|stage|stg|dev|devel|development|qa|uat|sandbox|preprod|pre-prod|nonprod|non-prod|test|testing|local|localhost|integration'
const productionWords = 'production|prod|prd|live'

const lower = new RegExp(`(?<![a-z0-9])(${lowerWords})\\d{0,2}(?![a-z0-9])`, 'i')
const production = new RegExp(`(?<![a-z0-9])(${productionWords})\\d{0,2}(?![a-z0-9])`, 'i')

/** A lower environment that a value names; '' for none. Device files and top-level domains name none. */
export function lowerIn(value: string): string {
  const cleaned = value
    .replace(/\/dev\/(null|std\w+|shm|u?random|sd\w+|xvd\w+|nvme\w+|tty\w*)/g, '')
    .replace(/\.(dev|test|ci|local|live|cluster\.local|svc\.cluster\.local)(?=[:/"']|$)/g, '')
    .replace(
      /\/(tests?|testing|dev|local|stage|ci|integration)\/|\/usr\/local\b|health[-_]?test|self[-_]?test|(pre-?)?test[-_](suite|runner|results)/gi,
      '/',
    )
  return lower.exec(cleaned)?.[1]?.toLowerCase() ?? ''
}

export function productionIn(value: string): string {
  return (
    production
      .exec(value.replace(/live(ness|reload|-reload)|\blive\b(?=[-_]?(view|chat|stream|update))/gi, ''))?.[1]
      ?.toLowerCase() ?? ''
  )
}

/** Host, URL, address, ARN, bucket or the like: something that one environment has for itself. */
export function isAddress(value: string): boolean {
  if (/\s/.test(value) || value.length > 400) return false
  if (/^arn:|^[a-z][a-z0-9+]*:\/\//i.test(value)) return true
  if (/^\d{1,3}(\.\d{1,3}){3}(:\d+)?(\/\d+)?$/.test(value)) return true
  return (
    /^[\w-]+(\.[\w-]+)+(:\d+)?(\/\S*)?$/.test(value) &&
    /[a-z]/i.test(value) &&
    !/\.(ya?ml|json|tfvars?|tf|pem|crt|key|conf|env|sh|rb|py|js|ts|log|txt|sql|jar|zip|gz)$/i.test(value)
  )
}

/** A private IPv4 address: it means something in one network only. */
export function isPrivateIp(value: string): boolean {
  return /^(10\.\d{1,3}|192\.168|172\.(1[6-9]|2\d|3[01]))\.\d{1,3}\.\d{1,3}(:\d+)?$/.test(value)
}

/** An id that a cloud gave to one thing of one environment. */
export function isResourceId(value: string): boolean {
  return /^(vpc|subnet|sg|rtb|igw|nat|eni|vol|fs|i|lt|acl|pcx|tgw|vpce|eipalloc)-[0-9a-f]{8,}$|^[\w-]+\.[a-z0-9]{8,}\.[a-z0-9-]+\.(rds|cache|es|docdb|neptune)\.amazonaws\.com$/.test(
    value,
  )
}

const owners: readonly RegExp[] = [
  /\barn:aws[\w-]*:[\w-]*:[\w-]*:(\d{12}):/,
  /\b(\d{12})\.dkr\.ecr\./,
  /@([a-z][a-z0-9-]{4,28})\.iam\.gserviceaccount\.com/,
  /\bprojects\/([a-z][a-z0-9-]{4,28})\//,
  /\/subscriptions\/([0-9a-f]{8}-[0-9a-f-]{27})/i,
]

/** Cloud account, project or subscription that a value names; undefined for none. */
export function accountIn(value: string): string | undefined {
  for (const pattern of owners) {
    const found = pattern.exec(value)?.[1]
    if (found !== undefined) return found
  }
  return undefined
}

/** The same path in other environments: `config/production/a.yml` is also `config/staging/a.yml`. */
export function siblingPaths(path: string, paths: readonly string[], from: 'production' | 'lower'): readonly string[] {
  const words = from === 'production' ? production : lower
  const others = from === 'production' ? lower : production
  const shape = shapeOf(path, words)
  if (shape === undefined) return []
  return paths.filter(other => other !== path && shapeOf(other, others) === shape)
}

function shapeOf(path: string, words: RegExp): string | undefined {
  const found = words.exec(path)
  return found === null ? undefined : `${path.slice(0, found.index)}*${path.slice(found.index + found[0].length)}`
}
