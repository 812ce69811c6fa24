import { defineConfig } from 'vitest/config'
import { plugins } from './scripts/plugins.ts'

export default defineConfig({
  plugins: [...plugins()],
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    // It imports its schema as JSON without an import attribute, which bundlers know and Node refuses.
    server: { deps: { inline: [/@actions\/(workflow-parser|expressions)/] } },
  },
})
