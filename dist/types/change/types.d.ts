/** `base` is what is merged into, `head` is what would be merged. */
export type Side = 'base' | 'head';
export type FileStatus = 'added' | 'modified' | 'deleted' | 'renamed' | 'copied' | 'retyped';
/**
 * Lines replaced: `baseCount` lines from `baseStart` became `headCount` lines from `headStart`, counted from 1.
 * A start with count 0 names the line before which the other side's lines stand (git's patches name the line before it).
 */
export interface Hunk {
    readonly baseStart: number;
    readonly baseCount: number;
    readonly headStart: number;
    readonly headCount: number;
}
/** What reading a file gave: its text, or why there is none to analyse. */
export type Content = {
    readonly text: string;
} | {
    readonly unreadable: string;
};
/** One file of the change. */
export interface ChangedFile {
    /** Path at head; at base for a deleted file. Slashes, relative to the repository's root. */
    readonly path: string;
    /** Path at base; absent when the file is new. */
    readonly basePath?: string;
    readonly status: FileStatus;
    /** The file's content on one side; undefined when the file does not exist there. */
    read(side: Side): Promise<Content | undefined>;
    /** The changed line ranges. Empty for a pure rename. */
    hunks(): Promise<readonly Hunk[]>;
}
/** All files of one side of the change, changed or not, read on demand. */
export interface Tree {
    /** Text of a file; undefined when it does not exist, is not text, or is too large. */
    read(path: string): Promise<string | undefined>;
    /** Every path, sorted, or only those below `folder`; empty when the tree cannot be listed (a bare patch). */
    list(folder?: string): Promise<readonly string[]>;
}
/** The pull request around a change, where it is known. */
export interface PullRequest {
    readonly number: number;
    readonly title: string;
    readonly author: string;
    readonly labels: readonly string[];
}
/** A file, or a part of one, that could not be judged. Shown to the reader: never silently green. */
export interface NotAnalysed {
    readonly path: string;
    readonly reason: string;
}
/** What is to be merged: two sides and the files in which they differ. */
export interface Change {
    /** Commit id of the base, or a name such as `patch`. */
    readonly base: string;
    /** Commit id of the head, or `worktree`, `index`, `patch`. */
    readonly head: string;
    readonly files: readonly ChangedFile[];
    readonly trees: Readonly<Record<Side, Tree>>;
    /** Time of the head commit with its own UTC offset, as `2026-11-18T16:10:00-05:00`; absent for a worktree or a patch. */
    readonly committedAt?: string;
    readonly pull?: PullRequest;
    /** Files that the source of the change could not deliver. */
    readonly notAnalysed: readonly NotAnalysed[];
}
