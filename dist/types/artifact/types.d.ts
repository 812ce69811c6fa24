import type { FileStatus, Hunk, Side } from '../change/types.ts';
import type { LineIndex, Span } from '../text/lines.ts';
/** The language a file is written in, which decides how it is parsed. */
export type Language = 'ruby' | 'python' | 'javascript' | 'typescript' | 'tsx' | 'shell' | 'sql' | 'yaml' | 'json'
/** Only changelogs of Liquibase. */
 | 'xml' | 'jsonc' | 'toml' | 'hcl' | 'dockerfile' | 'procfile' | 'crontab'
/** A template of pages or mails: ERB, Haml, Jinja, Liquid, Handlebars … (engine by its ending). */
 | 'template' | 'php' | 'elixir' | 'java' | 'kotlin' | 'csharp' | 'scala' | 'rust' | 'go'
/** Manifests of Puppet. */
 | 'puppet'
/** Configuration of a web server or proxy, read line by line: nginx, Apache, HAProxy. */
 | 'conf'
/** Sections and `key = value`: INI, Java properties, systemd units, settings of databases. */
 | 'ini'
/** Read line by line: firewall rules, lists of patterns, certificates. */
 | 'lines' | 'text';
/** Languages that programs are written in, scripts of a shell and of a database left out. */
export declare const programmingLanguages: readonly Language[];
/** What a file is for, found by its path and, where the path does not say, by its content. */
export type ArtifactKind = 'sql-migration' | 'rails-migration' | 'django-migration' | 'alembic-migration'
/** SQL that a program in Python sends: yoyo, Aerich, a project's own runner. */
 | 'python-migration' | 'javascript-migration' | 'php-migration' | 'ecto-migration' | 'sequel-migration' | 'liquibase-changelog'
/** A migration that is a program: goose's in Go, Flyway's in Java. */
 | 'code-migration' | 'github-workflow' | 'k8s' | 'helm-values' | 'helm-template' | 'compose' | 'terraform' | 'fly' | 'render' | 'sidekiq-schedule' | 'crontab' | 'dockerfile' | 'procfile' | 'rails-initializer' | 'entrypoint-script' | 'script' | 'code' | 'template' | 'config'
/** Rules of a packet filter: iptables, nftables. */
 | 'firewall'
/** One pattern per line: a block list, an allow list, robots.txt. */
 | 'list' | 'certificate'
/** What logrotate reads. */
 | 'logrotate' | 'other';
/** How a file takes part in production. Rules look at `live` files unless they say otherwise. */
export type Role = 'live' | 'test' | 'example' | 'docs' | 'vendored';
/** The text of one side of one file. Parsers keep their results per source (see `memo`). */
export interface Source {
    readonly path: string;
    readonly side: Side;
    readonly text: string;
    readonly lines: LineIndex;
    /** Of the base side: the text at head and where it differs, from which readers may take what did not change. */
    readonly later?: {
        readonly source: Source;
        readonly hunks: readonly Hunk[];
    };
}
/** A changed file, classified and read. */
export interface Artifact {
    /** Path at head; at base for a deleted file. */
    readonly path: string;
    readonly basePath?: string;
    readonly status: FileStatus;
    readonly language: Language;
    readonly kind: ArtifactKind;
    readonly role: Role;
    /** Which environment the path belongs to; `unknown` where neither the path nor the configuration says. */
    readonly environment: 'production' | 'lower' | 'unknown';
    readonly base?: Source;
    readonly head?: Source;
    readonly hunks: readonly Hunk[];
}
/** Does the change add or alter (`head`), or remove (`base`), any line of the span? */
export declare function touches(artifact: Artifact, side: Side, span: Pick<Span, 'line' | 'endLine'>): boolean;
/** The head line at which something removed from base line `line` used to be: where an annotation can be drawn. */
export declare function headLineFor(artifact: Artifact, line: number): number;
