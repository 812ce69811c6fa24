import type { Config } from './types.ts';
/** Where the configuration is looked for, first hit wins. */
export declare const configPaths: readonly ['premortem.yml', 'premortem.yaml', '.github/premortem.yml', '.github/premortem.yaml'];
type Read = (path: string) => Promise<string | undefined>;
/**
 * Finds and reads the configuration and the table statistics. Without any file the defaults of the schema hold.
 * `read` reads from the side of the change that is trusted; `explicit` is a file the user named, already read.
 */
export declare function loadConfig(read: Read, explicit?: {
    path: string;
    text: string;
}): Promise<Config>;
/** The path of the statistics file that the configuration names; the usual one without. */
export declare function tablesPath(read: Read, explicit?: {
    path: string;
    text: string;
}): Promise<string>;
export {};
