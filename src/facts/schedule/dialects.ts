/** A scheduler's way of reading cron expressions. */
export interface Dialect {
  /** Who reads the expression, as a sentence's subject. */
  readonly reader: string
  /** Possible lists of fields, in order of writing. */
  readonly layouts: readonly (readonly FieldName[])[]
  /** Number of Sunday when weekdays are written as numbers; 6 where Monday is 0. */
  readonly sunday: 0 | 1 | 6
  /** Largest weekday number; 7 means that 0 and 7 are both Sunday. */
  readonly lastWeekday: 6 | 7
  /** 24 is read as midnight. */
  readonly hour24?: boolean | undefined
  /** `?` stands for `*`: anywhere, in day fields only, or in exactly one of the two day fields. */
  readonly question?: 'star' | 'days' | 'one-day' | undefined
  /** `5/15` means from 5 to the end in steps of 15. */
  readonly stepFromNumber: boolean
  /** `22-4`: read on from the end (`wrap`), taken but of no agreed meaning (`taken`), or refused. */
  readonly wrap?: 'wrap' | 'taken' | undefined
  /** A stray comma, as in `MON,`, is passed over. */
  readonly strayComma?: boolean | undefined
  /** What follows a number is passed over, as in `3.5` or `1#2`. */
  readonly junkAfterNumber?: boolean | undefined
  /** Largest step; without it any positive one. */
  readonly maxStep?: number | 'range' | undefined
  /** `L` (last), `W` (nearest working day), `#` (nth weekday of the month), `5L` (last Friday). */
  readonly lastDay?: boolean | undefined
  readonly nearestWorkday?: boolean | undefined
  readonly nth?: boolean | undefined
  readonly lastWeekdayOfMonth?: boolean | undefined
  /** Names of months and weekdays are understood. */
  readonly names: boolean
  readonly macros: readonly string[]
  /** `@every 1h30m`. */
  readonly every?: boolean | undefined
  /** Where a zone may stand inside the expression. */
  readonly zone?: 'prefix' | 'suffix' | undefined
  /** `H` for a minute that the scheduler picks. */
  readonly hash?: boolean | undefined
  /** `every 15 minutes`, `at noon`. */
  readonly natural?: boolean | undefined
  /** `rate(5 minutes)`, `cron(…)`, `at(…)`. */
  readonly rate?: boolean | undefined
  /** `rate(1 hours)` is as good as `rate(1 hour)`. */
  readonly anyNumber?: boolean | undefined
  /** Blanks before and after are an error. */
  readonly strictBlanks?: boolean | undefined
  /** Whether day of month and day of week both set means either of them; `leading-star`: a field that begins with `*` counts as unset. */
  readonly bothDays: 'or' | 'leading-star' | 'and' | 'refused'
  /** A day that no month of the expression has is an error on loading. */
  readonly refusesImpossibleDays?: boolean | undefined
  /** systemd's calendar expressions in place of fields. */
  readonly calendar?: boolean | undefined
  /** What kind of thing happens on an expression that cannot be read. */
  readonly refusal: string
}

export type FieldName = 'second' | 'minute' | 'hour' | 'day' | 'month' | 'weekday' | 'year'

const five = ['minute', 'hour', 'day', 'month', 'weekday'] satisfies FieldName[]
const secondsFirst = ['second', ...five] satisfies FieldName[]
const macros = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']

const robfig = {
  reader: 'robfig/cron',
  layouts: [five],
  sunday: 0,
  lastWeekday: 6,
  question: 'star',
  stepFromNumber: true,
  strayComma: true,
  names: true,
  macros,
  every: true,
  zone: 'prefix',
  bothDays: 'or',
  refusal: 'the schedule is refused',
} satisfies Dialect

const unix = {
  reader: 'cron',
  layouts: [five],
  sunday: 0,
  lastWeekday: 7,
  stepFromNumber: true,
  names: true,
  macros,
  bothDays: 'or',
  refusal: 'the schedule is refused',
} satisfies Dialect

const quartz = {
  reader: 'Quartz',
  layouts: [secondsFirst, [...secondsFirst, 'year']],
  sunday: 1,
  lastWeekday: 7,
  question: 'one-day',
  stepFromNumber: true,
  wrap: 'wrap',
  lastDay: true,
  nearestWorkday: true,
  nth: true,
  lastWeekdayOfMonth: true,
  names: true,
  macros: [],
  bothDays: 'refused',
  refusal: 'the trigger is refused when the application starts',
} satisfies Dialect

const amazon = {
  reader: 'Amazon EventBridge',
  layouts: [[...five, 'year']],
  sunday: 1,
  lastWeekday: 7,
  question: 'one-day',
  stepFromNumber: true,
  maxStep: 'range',
  lastDay: true,
  nearestWorkday: true,
  nth: true,
  lastWeekdayOfMonth: true,
  names: true,
  macros: [],
  rate: true,
  bothDays: 'refused',
  refusal: 'AWS answers with a ValidationException and the apply stops half-way',
} satisfies Dialect

/** The dialects by name. Where a scheduler was run, `test/measured/cron.jsonl` holds what it said. */
export const dialects = {
  'github-actions': {
    ...robfig,
    reader: 'GitHub Actions',
    question: undefined,
    strayComma: false,
    macros: [],
    every: false,
    zone: undefined,
    refusal: 'GitHub marks the workflow file as invalid and never runs the schedule',
  },
  kubernetes: {
    ...robfig,
    reader: 'Kubernetes',
    zone: undefined,
    refusal: 'the API server refuses the object, so the deploy stops there',
  },
  robfig,
  'robfig-seconds': { ...robfig, reader: 'the controller (robfig/cron with seconds)', layouts: [secondsFirst] },
  fugit: {
    reader: 'fugit (sidekiq-cron, sidekiq-scheduler, good_job, solid_queue, resque-scheduler)',
    layouts: [five, secondsFirst],
    sunday: 0,
    lastWeekday: 7,
    hour24: true,
    stepFromNumber: true,
    wrap: 'wrap',
    maxStep: 99,
    lastDay: true,
    nth: true,
    names: true,
    macros: [...macros, '@noon'],
    zone: 'suffix',
    natural: true,
    strictBlanks: true,
    bothDays: 'or',
    refusesImpossibleDays: true,
    refusal: 'the scheduler raises on it or drops the job, and may take the other jobs of the file with it',
  },
  vixie: {
    ...unix,
    stepFromNumber: false,
    wrap: 'taken',
    junkAfterNumber: true,
    macros: [...macros, '@reboot'],
    bothDays: 'leading-star',
    refusal: 'crontab refuses the whole file, or cron skips it',
  },
  croniter: {
    ...unix,
    reader: 'croniter',
    layouts: [five, [...five, 'second']],
    lastDay: true,
    nth: true,
    refusal: 'the scheduler raises when it reads the schedule',
  },
  celery: {
    ...unix,
    reader: 'Celery',
    lastWeekday: 6,
    stepFromNumber: false,
    wrap: 'wrap',
    macros: [],
    bothDays: 'and',
    refusal: 'Celery raises when the module is loaded',
  },
  aws: amazon,
  'aws-scheduler': { ...amazon, reader: 'Amazon EventBridge Scheduler', anyNumber: true },
  quartz,
  spring: {
    ...quartz,
    reader: 'Spring',
    layouts: [secondsFirst],
    sunday: 0,
    question: 'days',
    macros: macros,
    bothDays: 'and',
    refusal: 'the application fails to start',
  },
  cloudflare: {
    ...quartz,
    reader: 'Cloudflare Workers',
    layouts: [five],
    question: undefined,
    bothDays: 'or',
    refusal: 'the deploy is refused',
  },
  vercel: {
    ...unix,
    reader: 'Vercel',
    lastWeekday: 6,
    names: false,
    macros: [],
    bothDays: 'refused',
    refusal: 'the deployment fails',
  },
  gcp: { ...unix, reader: 'Google Cloud Scheduler', refusal: 'the API refuses the job' },
  'app-engine': {
    ...unix,
    reader: 'App Engine',
    macros: [],
    refusal: '`gcloud app deploy cron.yaml` refuses the file, and the schedules stay as they were',
  },
  'azure-functions': {
    ...unix,
    reader: 'Azure Functions',
    layouts: [secondsFirst],
    lastWeekday: 6,
    macros: [],
    bothDays: 'and',
    refusal: 'the function host fails to start the trigger',
  },
  'azure-pipelines': {
    ...unix,
    reader: 'Azure Pipelines',
    lastWeekday: 6,
    macros: [],
    refusal: 'the pipeline file is refused',
  },
  jenkins: {
    ...unix,
    reader: 'Jenkins',
    hash: true,
    stepFromNumber: false,
    macros,
    refusal: 'the job configuration is refused',
  },
  systemd: {
    ...unix,
    reader: 'systemd',
    layouts: [secondsFirst],
    macros: [],
    calendar: true,
    bothDays: 'and',
    refusal: 'systemd ignores the line, and a timer without any other never starts its service',
  },
  laravel: {
    ...unix,
    reader: 'Laravel',
    lastDay: true,
    nearestWorkday: true,
    nth: true,
    lastWeekdayOfMonth: true,
    stepFromNumber: true,
    refusal: 'the scheduler raises on it every minute, and no task of the application runs',
  },
  apscheduler: {
    ...unix,
    reader: 'APScheduler',
    sunday: 6,
    lastWeekday: 6,
    layouts: [five, secondsFirst],
    macros: [],
    lastDay: true,
    bothDays: 'and',
    refusal: 'the application raises when the job is added',
  },
  oban: {
    ...unix,
    reader: 'Oban',
    macros: [...macros, '@reboot'],
    refusal: 'the application fails to start',
  },
  /** Some scheduler that reads five fields; takes whatever any of them takes. */
  unknown: {
    ...unix,
    reader: 'a cron scheduler',
    layouts: [five, secondsFirst],
    hour24: true,
    question: 'star',
    wrap: 'taken',
    strayComma: true,
    lastDay: true,
    nearestWorkday: true,
    nth: true,
    lastWeekdayOfMonth: true,
    macros: [...macros, '@reboot', '@noon'],
    every: true,
    zone: 'prefix',
    hash: true,
    natural: true,
    rate: true,
  },
} satisfies Record<string, Dialect>

export type DialectName = keyof typeof dialects

export const dialectNames: readonly string[] = Object.keys(dialects)

export function isDialect(name: string): name is DialectName {
  return Object.hasOwn(dialects, name)
}

export function dialectOf(name: DialectName): Dialect {
  return dialects[name]
}
