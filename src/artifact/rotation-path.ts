const folder = /(^|\/)logrotate\.d\/[^/]+$/i
const named = /(^|\/)(etc-)?logrotate([-_][\w-]+)?(\.[\w-]+)?(\.conf)?$|\.logrotate$/i
/** A folder of that name holds other things as well. */
const loose = /(^|\/)logrotate\/(?!README|LICENSE|Dockerfile|Makefile|CHANGELOG|VERSION)([\w-]+|[\w.-]+\.conf)$/
const otherEnding =
  /\.(ya?ml|json|toml|sh|bash|py|rb|tf|pp|md|nix|go|rs|js|ts|h|c|mk|service|timer|spec|txt|sample|example|dist|rpm|deb)$/i

/** Files that logrotate reads, by their path; as templates too. Samples are for people. */
export function isRotationPath(path: string): boolean {
  const plain = path.replace(/\.(erb|j2|jinja2?|tmpl|tpl|epp|in)$/i, '')
  return (
    (folder.test(plain) || named.test(plain) || loose.test(plain)) &&
    !otherEnding.test(plain) &&
    !/(^|\/)(examples?|samples?|tests?)\//i.test(path)
  )
}
