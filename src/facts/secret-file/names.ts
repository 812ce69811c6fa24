/** Files that may hold secrets and that nothing else reads. */
export function namesSecrets(path: string): boolean {
  return /(^|\/)([\w.-]+)?\.dockerignore$|\.tfstate(\.\w+)?$|\.tfplan$|(^|\/)(tfplan|plan\.out|plan\.tfplan)$|\.(pem|key)$|(^|\/)(?:[\w.-]*_)?(?:id_)?(?:rsa|ed25519|ecdsa|dsa)(?:_key)?$/.test(
    path,
  )
}
