/** Statements beside which a server takes no ALGORITHM or LOCK, or whose locks are worth a second look, on tables of 130,000 rows. */
export const waits: readonly { readonly setup: string; readonly statement: string }[] = [
  ...[
    'ALTER TABLE big REORGANIZE PARTITION p0 INTO (PARTITION q0 VALUES LESS THAN (70000), PARTITION q1 VALUES LESS THAN (10000000))',
    'ALTER TABLE big REBUILD PARTITION p0',
    'ALTER TABLE big OPTIMIZE PARTITION p0',
    'ALTER TABLE big REMOVE PARTITIONING',
    'ALTER TABLE big PARTITION BY HASH (id) PARTITIONS 4',
  ].map(statement => ({ setup: byRange(), statement })),
  ...[
    'ALTER TABLE big ADD PARTITION PARTITIONS 2',
    'ALTER TABLE big COALESCE PARTITION 1',
    'ALTER TABLE big REORGANIZE PARTITION',
  ].map(statement => ({ setup: byHash(), statement })),
  ...[
    'OPTIMIZE TABLE big',
    'ALTER TABLE big FORCE',
    'ALTER TABLE big ADD COLUMN z int AFTER id',
    'ALTER TABLE big ADD INDEX k (a)',
    'ALTER TABLE big ADD FULLTEXT INDEX k (b)',
    'ALTER TABLE big MODIFY a bigint',
    'ALTER TABLE big MODIFY a int NOT NULL DEFAULT 1',
    'ALTER TABLE big CONVERT TO CHARACTER SET latin1',
    'ALTER TABLE big DROP PRIMARY KEY',
    'ALTER TABLE big DROP COLUMN a',
    'CREATE UNIQUE INDEX k ON big (id, a)',
  ].map(statement => ({ setup: plain(), statement })),
  ...['OPTIMIZE TABLE big', 'ALTER TABLE big FORCE', 'ALTER TABLE big MODIFY a int NOT NULL DEFAULT 1'].map(
    statement => ({
      setup: withFulltext(),
      statement,
    }),
  ),
]

function plain(): string {
  return 'CREATE TABLE big (id int PRIMARY KEY, a int DEFAULT 1, b varchar(100)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4'
}

function withFulltext(): string {
  return 'CREATE TABLE big (id int PRIMARY KEY, a int DEFAULT 1, b varchar(100), FULLTEXT KEY f (b)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4'
}

function byRange(): string {
  return `${plain()} PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10000000), PARTITION p1 VALUES LESS THAN (20000000))`
}

function byHash(): string {
  return `${plain()} PARTITION BY HASH (id) PARTITIONS 4`
}
