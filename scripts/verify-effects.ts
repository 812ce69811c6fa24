import { createServer } from 'vite'
import { plugins } from './plugins.ts'

// Runs every operation of the effect tables on real servers and compares: `npm run verify:effects`.
// `-- --record FILE` appends what the servers showed, as rows of test/measured.

const server = await createServer({
  configFile: false,
  logLevel: 'error',
  server: { middlewareMode: true, hmr: false, ws: false },
  optimizeDeps: { noDiscovery: true },
  plugins: [...plugins()],
})
try {
  const { verify } = await server.ssrLoadModule('/scripts/verify/index.ts')
  process.exitCode = await verify(process.argv.slice(2))
} finally {
  await server.close()
}
