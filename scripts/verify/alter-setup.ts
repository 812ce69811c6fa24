/** A server, as far as its tables depend on it. */
export interface AlterServer {
  readonly engine: 'mysql' | 'mariadb'
  /** As the server says it: `10.11.18-MariaDB-0+deb12u1`. */
  readonly version: string
}

/** Generated columns came with MySQL 5.7; MariaDB always had them. */
const generates = ({ engine, version }: AlterServer): boolean => engine === 'mariadb' || !/^5\.[0-6]\b/.test(version)

const textColumns = `b varchar(50) CHARACTER SET utf8mb4, d varchar(300) CHARACTER SET utf8mb4, e enum('a','b'),
  l varchar(20) CHARACTER SET latin1, l2 varchar(100) CHARACTER SET latin1, u3 varchar(20) CHARACTER SET utf8mb3,
  u3k varchar(20) CHARACTER SET utf8mb3`

/** Tables of the measurements, by name, in the order of their foreign keys. `virtual`: `t` has a VIRTUAL column. */
function tablesOf(server: AlterServer, virtual: boolean): readonly (readonly [string, string])[] {
  const utf8mb3 = (sql: string): string => (/^5\.6\b/.test(server.version) ? sql.replaceAll('utf8mb3', 'utf8') : sql)
  const tables: readonly (readonly [string, string, string?])[] = [
    ['r', 'id int PRIMARY KEY'],
    [
      't',
      `id int PRIMARY KEY, a int, ${textColumns}, c int NOT NULL DEFAULT 1, n decimal(10,2), ui int unsigned,
      ts timestamp NULL, dt datetime, txt text, mt mediumtext, bin varbinary(50), ch char(10),
      ch3 char(10) CHARACTER SET utf8mb4, f float, fd float(7,3), si smallint, bi bigint, st set('a','b'), rid int,
      ${virtual ? 'v int AS (c + 1) VIRTUAL,' : ''} KEY ka (a), KEY ku3k (u3k),
      CONSTRAINT fkr FOREIGN KEY (rid) REFERENCES r (id), CONSTRAINT ck CHECK (c > 0)`,
      'DEFAULT CHARSET=utf8mb4',
    ],
    ['npk', 'x int NOT NULL, y int'],
    ['c1', 'id int PRIMARY KEY, x int NOT NULL UNIQUE'],
    ['c2', 'id int PRIMARY KEY, x int NOT NULL'],
    // Tables whose other columns, indexes or options decide how an alteration goes.
    ['ft', 'id int PRIMARY KEY, a int, txt text, FULLTEXT KEY fts (txt)'],
    ['packed', 'id int PRIMARY KEY, a int, b varchar(50) CHARACTER SET utf8mb4', 'ROW_FORMAT=COMPRESSED'],
    ['compact', 'id int PRIMARY KEY, a int, b varchar(50) CHARACTER SET utf8mb4', 'ROW_FORMAT=COMPACT'],
    [
      'child',
      'id int PRIMARY KEY, a int, rid int, KEY kr (rid), FOREIGN KEY (rid) REFERENCES r (id) ON DELETE CASCADE',
    ],
    ['ai', 'id int AUTO_INCREMENT PRIMARY KEY, a int'],
    ['la', 'id int PRIMARY KEY, name varchar(50), note text', 'DEFAULT CHARSET=latin1'],
    ['u8', 'id int PRIMARY KEY, name varchar(50), note text', 'DEFAULT CHARSET=utf8mb3'],
    ['u4', 'id int PRIMARY KEY, name varchar(50), note text', 'DEFAULT CHARSET=utf8mb4'],
    ['geo', 'id int PRIMARY KEY, place point NOT NULL'],
    [
      'ranges',
      'id int PRIMARY KEY, a int, b varchar(50)',
      'PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20))',
    ],
    ['hashes', 'id int PRIMARY KEY, a int', 'PARTITION BY HASH (id) PARTITIONS 2'],
  ]
  const generated: typeof tables = [
    ['virt', 'id int PRIMARY KEY, a int, c int NOT NULL DEFAULT 1, v int AS (c + 1) VIRTUAL'],
    ['stor', 'id int PRIMARY KEY, a int, c int NOT NULL DEFAULT 1, s int AS (c + 1) STORED'],
  ]
  return [...tables, ...(generates(server) ? generated : [])].map(([name, columns, options = '']) => [
    name,
    utf8mb3(`CREATE TABLE ${name} (${columns}) ENGINE=InnoDB ${options}`.replace(/\s+/g, ' ').trim()),
  ])
}

/** False for tables with generated columns on a server that has none. */
export function hasTable(server: AlterServer, table: string): boolean {
  return tablesOf(server, false).some(([name]) => name === table)
}

/** Creates the tables, or just those that an alteration of one of them needs. */
export function alterSetup(server: AlterServer, virtual: boolean, only?: string): readonly string[] {
  const joined = ['r', 't', 'child']
  const needed = (name: string): boolean =>
    only === undefined || name === only || (joined.includes(only) && joined.includes(name))
  const tables = tablesOf(server, virtual).filter(([name]) => needed(name))
  const names = tables.map(([name]) => name).toReversed()
  return [`DROP TABLE IF EXISTS t2, ${names.join(', ')}`, ...tables.map(([, create]) => create)]
}

/** Three rows for each table, as servers treat empty tables in their own way. By table. */
export function alterRows(server: AlterServer): Readonly<Record<string, string>> {
  const numbered = (id: number): string => `${id}, ${id}`
  const all: Readonly<Record<string, readonly [string, (id: number) => string]>> = {
    r: ['id', id => `${id}`],
    t: [
      'id, a, b, d, e, l, l2, u3, u3k, c, n, ui, ts, dt, txt, mt, bin, ch, ch3, f, fd, si, bi, st, rid',
      id =>
        `${id}, ${id}, 'b${id}', 'd', 'a', 'l', 'l', 'u', 'k', ${id}, 1, 1, '2026-01-05', '2026-01-05', '1', 'm', 'b', 'c', 'c', 1, 1, 1, 1, 'a', ${id}`,
    ],
    npk: ['x, y', numbered],
    c1: ['id, x', numbered],
    c2: ['id, x', numbered],
    ft: ['id, a, txt', id => `${id}, ${id}, 'some text'`],
    packed: ['id, a, b', id => `${id}, ${id}, 'b'`],
    compact: ['id, a, b', id => `${id}, ${id}, 'b'`],
    geo: ['id, place', id => `${id}, Point(${id}, 1)`],
    child: ['id, a, rid', id => `${id}, ${id}, ${id}`],
    ai: ['id, a', numbered],
    la: ['id, name, note', id => `${id}, 'n', 'n'`],
    u8: ['id, name, note', id => `${id}, 'n', 'n'`],
    u4: ['id, name, note', id => `${id}, 'n', 'n'`],
    ranges: ['id, a, b', id => `${id}, ${id}, 'b'`],
    hashes: ['id, a', numbered],
    ...(generates(server) ? { virt: ['id, a', numbered], stor: ['id, a', numbered] } : {}),
  }
  return Object.fromEntries(
    Object.entries(all).map(([table, [columns, values]]) => [
      table,
      `INSERT INTO ${table} (${columns}) VALUES ${[1, 2, 3].map(id => `(${values(id)})`).join(', ')}`,
    ]),
  )
}
