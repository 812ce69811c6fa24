import type { Change, PullRequest } from './types.ts';
/** One file of an in-memory change. Without `base` it is new, without `head` it is deleted. */
export interface MemoryFile {
    readonly path: string;
    /** Where it stood at base when it was renamed. */
    readonly basePath?: string;
    readonly base?: string;
    readonly head?: string;
}
export interface MemoryChange {
    readonly files: readonly MemoryFile[];
    /** Unchanged files of the repository. */
    readonly repository?: Readonly<Record<string, string>>;
    readonly committedAt?: string;
    readonly pull?: PullRequest;
}
/** A change held in memory: for the examples of rules and for tests. */
export declare function changeInMemory(input: MemoryChange): Change;
