/** Inventories of machines, as Ansible, Capistrano and the like read them. */
export const inventory = /(^|\/)(inventor(y|ies)|hosts|nodes|machines|servers)(\/[^/]+)*(\/|\.|$)[^/]*$/i
const inventoryEnding = /(^|\/)[^/.]+$|\.(ini|ya?ml|json|txt|cfg|hosts|toml)$/i

/** Zones of DNS: octoDNS, zone files, dnscontrol. */
export const zone = /(^|\/)(octodns|dns|zones?|dnscontrol)\/.+\.(ya?ml|zone|db)$|\.zone$|(^|\/)db\.[\w.-]+\.[a-z]{2,}$/i

/** Files in which names are defined that other files use. */
export function definesNames(path: string): boolean {
  return (
    path === '.gitmodules' ||
    path.endsWith('.tf') ||
    zone.test(path) ||
    (inventory.test(path) && inventoryEnding.test(path))
  )
}
