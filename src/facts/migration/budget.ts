/** Processor time for reading one file, in milliseconds. Ordinary migrations take a few. */
const most = 2_000

/**
 * Tells when reading has used up its time. Processor time, not the clock on the wall: a busy machine must not turn an
 * ordinary file into one that is not analysed.
 */
export function budget(): () => boolean {
  const before = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1_000 > most
  }
}

/** What is said where reading stops. */
export const tooLong = {
  text: '',
  reason: 'reading the file took longer than two seconds: from here on it is not analysed',
} as const
