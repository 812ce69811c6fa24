/** Files that may hold secrets and that nothing else reads. */
export function namesSecrets(path: string): boolean {
  return /(^|\/)([\w.-]+)?\.dockerignore$|\.tfstate(\.\w+)?$|\.tfplan$|(^|\/)(tfplan|plan\.out|plan\.tfplan)$|\.(pem|key)$|(^|\/)id_(rsa|ed25519|ecdsa|dsa)$/.test(
    path,
  )
}
