import type { Side } from '../change/types.ts';
import type { Level } from '../config/types.ts';
import type { Rewrite } from '../facts/rewrite.ts';
import type { Span } from '../text/lines.ts';
export interface Incident {
    readonly title: string;
    readonly year?: number;
    readonly url: string;
}
/** Where a value can stand: a kind of object (`k8s/Deployment`, `terraform/aws_db_instance`) and a path inside it; `*` matches one step, `**` any number. */
export interface Place {
    readonly kind: string;
    readonly path: string;
}
/** A small change that proves a rule: one file at base and head, or several. */
export interface Example {
    readonly path?: string;
    /** Where the file stood at base when it was renamed. */
    readonly basePath?: string;
    readonly base?: string;
    readonly head?: string;
    readonly files?: readonly {
        readonly path: string;
        readonly basePath?: string;
        readonly base?: string;
        readonly head?: string;
    }[];
    /** Unchanged files that the rest of the repository holds. */
    readonly repository?: Readonly<Record<string, string>>;
    /** Text on the line the finding must point at. */
    readonly at?: string;
    /** Expected level where the rule has several. */
    readonly level?: Level;
    /** Why a near miss is all right. */
    readonly because?: string;
    /** Contents of premortem.yml for this example. */
    readonly config?: unknown;
    /** Contents of .premortem/tables.yml for this example. */
    readonly tables?: unknown;
    readonly now?: string;
    /** Time of the head commit with its UTC offset. */
    readonly committedAt?: string;
    readonly labels?: readonly string[];
}
/** What a rule file says, without its examples. */
export interface Rule {
    readonly id: string;
    readonly title: string;
    readonly on: string;
    readonly where?: {
        readonly places?: readonly Place[];
        readonly artifacts?: readonly string[];
        readonly paths?: readonly string[];
        readonly roles?: readonly string[];
    };
    readonly when: string;
    readonly level: Level | readonly {
        readonly when?: string;
        readonly level: Level;
    }[];
    readonly message: string;
    readonly why: string;
    readonly fix: string;
    /** Which of the rewrites that the kind of fact offers to add to a finding. */
    readonly rewrite?: string;
    readonly incidents?: readonly Incident[];
    readonly sources: readonly string[];
}
export interface Examples {
    readonly flagged: readonly Example[];
    readonly passed: readonly Example[];
}
/** A rule with the examples that prove it, as its file holds them. */
export interface ProvenRule extends Rule {
    readonly examples: Examples;
}
/** What a rule says about a fact: pure data until a reporter prints it. */
export interface Finding extends Span {
    readonly rule: string;
    readonly level: Level;
    readonly path: string;
    readonly side: Side;
    readonly message: string;
    readonly why: string;
    readonly fix: string;
    /** The safer way worked out for this very place, where there is one. */
    readonly rewrite?: Rewrite;
    /** The fact's fields. */
    readonly evidence: Readonly<Record<string, unknown>>;
    /** Same finding after lines shift: same fingerprint. */
    readonly fingerprint: string;
    readonly docs: string;
    /** Line at head where something removed used to be; set when `side` is `base`. */
    readonly headLine?: number;
}
export interface Suppressed {
    readonly finding: Finding;
    readonly reason: string;
    /** Where the suppression stands: a file and line, or the configuration. */
    readonly by: string;
    /** The suppression was added by this very change, so a reviewer should look at it. */
    readonly addedHere: boolean;
}
/** What a condition knows of a fact beside the fact's own fields. */
export interface FileView {
    readonly kind: string;
    readonly language: string;
    readonly role: string;
    readonly environment: string;
    readonly status: string;
}
