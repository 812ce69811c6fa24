import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'vite'
import { plugins } from './plugins.ts'

// Writes docs/rules.md and docs/facts.md from the rules and the facts themselves.

const server = await createServer({
  configFile: false,
  logLevel: 'error',
  server: { middlewareMode: true, hmr: false, ws: false },
  optimizeDeps: { noDiscovery: true },
  plugins: [...plugins()],
})
try {
  const { factKinds } = await server.ssrLoadModule('/src/facts/index.ts')
  const { ruleFilesIn } = await server.ssrLoadModule('/src/rule/folder.ts')
  const { readRules } = await server.ssrLoadModule('/src/rule/load.ts')
  const { rulesPage, factsPage } = await server.ssrLoadModule('/scripts/pages.ts')
  mkdirSync('docs', { recursive: true })
  writeFileSync('docs/rules.md', rulesPage(readRules(ruleFilesIn('rules'), factKinds)))
  writeFileSync('docs/facts.md', factsPage(factKinds))
} finally {
  await server.close()
}
