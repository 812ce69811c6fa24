// Written by `npm run calibrate`; not by hand.

/** Seconds that a kind of work takes for a million rows, and on top of that for a gigabyte of the table with its indexes. */
export interface Rate {
  readonly perMillionRows: number
  readonly perGigabyte: number
}

/** Where and when the rates were measured. */
export const measuredOn = {
  date: '2026-11-28',
  cpu: 'AMD EPYC, 2 cores',
  memoryGB: 25,
  postgres: '15.18',
  mariadb: '10.11.19',
} as const

/** By engine and kind of work. `copy` is ALGORITHM=COPY; those of MariaDB hold for MySQL. */
export const rates = {
  postgres: {
    scan: { perMillionRows: 0.12, perGigabyte: 0.41 },
    build: { perMillionRows: 0.82, perGigabyte: 0.21 },
    rewrite: { perMillionRows: 2.4, perGigabyte: 14 },
    rows: { perMillionRows: 23, perGigabyte: 20 },
  },
  mariadb: {
    scan: { perMillionRows: 0.36, perGigabyte: 4.9 },
    build: { perMillionRows: 6.4, perGigabyte: 12 },
    rewrite: { perMillionRows: 1.7, perGigabyte: 29 },
    copy: { perMillionRows: 3.5, perGigabyte: 87 },
    rows: { perMillionRows: 15, perGigabyte: 18 },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Rate>>>>
