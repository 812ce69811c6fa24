import { writeFileSync } from 'node:fs'

// Loaded before a measured program (`node --import`): writes what the process used when it ends.
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  writeFileSync(
    process.env.PREMORTEM_USAGE,
    JSON.stringify({ cpuMs: (userCPUTime + systemCPUTime) / 1000, peakMB: maxRSS / 1024 }),
  )
})
