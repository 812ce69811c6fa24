import { defineConfig } from 'vitest/config'
import { filePlugin, validatorPlugin } from './scripts/plugins.ts'

export default defineConfig({
  plugins: [filePlugin(), validatorPlugin()],
  test: { include: ['test/**/*.test.ts'], testTimeout: 30_000 },
})
