import { defineConfig } from 'vitest/config'
import { closingLine } from './scripts/closing-line.ts'
import { plugins } from './scripts/plugins.ts'

export default defineConfig({
  plugins: [...plugins()],
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    reporters: ['default', closingLine],
    // It imports its schema as JSON without an import attribute, which bundlers know and Node refuses.
    server: { deps: { inline: [/@actions\/(workflow-parser|expressions)/] } },
  },
})
