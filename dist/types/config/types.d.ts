export type Level = 'error' | 'warning' | 'notice';
export type Engine = 'postgres' | 'mysql' | 'mariadb' | 'sqlite';
export interface DatabaseConfig {
    readonly engine: Engine;
    /** Server version as the user wrote it, such as `15` or `8.0.36`. */
    readonly version?: string;
    /** Migrations that run on this database; all when absent. */
    readonly paths?: readonly string[];
}
/** Statistics of one table, from the catalog. Unknown figures are absent, never 0. */
export interface TableStatistics {
    readonly rows?: number;
    readonly bytes?: number;
    readonly writesPerSecond?: number;
    readonly readsPerSecond?: number;
}
/** The server that the statistics are from. */
export interface ServerConfig {
    readonly engine: Engine;
    /** Such as `15.4`. */
    readonly version: string;
    /** Milliseconds for which the role of the statistics waits for a lock; 0 when it waits for ever. */
    readonly lockTimeoutMs?: number;
}
export interface WindowConfig {
    readonly timezone: string;
    /** Days on which merging is allowed, `mon` … `sun`. */
    readonly days: readonly string[];
    /** Local hours in which merging is allowed, as `09:00-15:30`. */
    readonly hours: string;
    /** Days or ranges of days on which nothing merges, as `2026-12-24..2027-01-02`. */
    readonly freezes: readonly string[];
    readonly exempt: {
        readonly labels: readonly string[];
        readonly authors: readonly string[];
        readonly paths: readonly string[];
    };
}
export interface ScheduleConfig {
    readonly paths: readonly string[];
    /** Name of the cron dialect that reads these files (`premortem rules` lists them). */
    readonly dialect: string;
}
/** The configuration after validation and defaults. */
export interface Config {
    /** Where it was found; absent when the defaults alone are in force. */
    readonly path?: string;
    readonly rules: Readonly<Record<string, 'off' | Level>>;
    readonly ignore: readonly string[];
    readonly databases: readonly DatabaseConfig[];
    readonly tables: Readonly<Record<string, TableStatistics>>;
    /** Where the statistics are from, when they say so. */
    readonly server?: ServerConfig;
    readonly window?: WindowConfig;
    readonly environments: {
        readonly production: readonly string[];
        readonly lower: readonly string[];
    };
    readonly schedules: readonly ScheduleConfig[];
    /** Globs of files, with the JSON Schema in the repository that they follow. */
    readonly schemas?: Readonly<Record<string, string>>;
}
