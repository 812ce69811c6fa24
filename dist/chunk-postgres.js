import{tn as e}from"./chunk-core.js";import{n as t,t as n}from"./chunk-tables.js";const r=`
SELECT n.nspname AS schema, c.relname AS name, c.reltuples::float8 AS tuples, s.n_live_tup::float8 AS live,
       CASE WHEN c.relkind = 'p' THEN 0 ELSE pg_catalog.pg_total_relation_size(c.oid) END::float8 AS bytes,
       (s.seq_scan + coalesce(s.idx_scan, 0))::float8 AS reads,
       (s.n_tup_ins + s.n_tup_upd + s.n_tup_del)::float8 AS writes,
       pn.nspname AS parent_schema, p.relname AS parent
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_stat_all_tables s ON s.relid = c.oid
LEFT JOIN pg_catalog.pg_inherits i ON c.relispartition AND i.inhrelid = c.oid
LEFT JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
LEFT JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
ORDER BY n.nspname, c.relname`;async function i(r,i){let[s={}]=await o(r,[`
SELECT version() AS banner,
       current_setting('server_version') AS version,
       coalesce(current_schema(), 'public') AS schema,
       (SELECT setting FROM pg_catalog.pg_settings WHERE name = 'lock_timeout') AS lock_timeout`]),c=/CockroachDB|Redshift|YSQL|Yugabyte|Materialize|RisingWave/i.exec(String(s.banner))?.[0];if(c!==void 0)throw new e(`the server is ${c}, which speaks PostgreSQL's protocol but locks in its own way`,`Statistics can be read from PostgreSQL, MySQL and MariaDB.`);let{tables:u,words:d}=await t(r,a,i),f=Number(s.lock_timeout);return{server:{engine:`postgres`,version:String(s.version).split(` `)[0]??``,...Number.isFinite(f)?{lockTimeoutMs:f}:{}},tables:n(l(u),i.schemas,String(s.schema)),rates:d}}async function a(e){let t=await o(e,[r]),[n]=await o(e,[`
SELECT extract(epoch FROM now() - stats_reset)::float8 AS seconds
FROM pg_catalog.pg_stat_database WHERE datname = current_database()`]),i=c(n,`seconds`);return{tables:t.map(s),...i===void 0?{}:{countedSeconds:i}}}async function o(e,t){await e.query(`BEGIN TRANSACTION ISOLATION LEVEL READ COMMITTED READ ONLY`);try{let n=[];for(let i of t)i===r&&await e.query(`SET LOCAL lock_timeout = '3s'`),n=await e.query(i);return n}finally{await e.query(`ROLLBACK`).catch(()=>{})}}function s(e){let t=c(e,`tuples`)??-1,n=t>=0?t:c(e,`live`),[r,i,a]=[c(e,`bytes`),c(e,`reads`),c(e,`writes`)];return{schema:String(e.schema),name:String(e.name),...n===void 0?{}:{rows:n},...r===void 0?{}:{bytes:r},...i===void 0?{}:{reads:i},...a===void 0?{}:{writes:a},...typeof e.parent==`string`?{parent:`${String(e.parent_schema)}.${e.parent}`}:{}}}function c(e,t){let n=e?.[t];return n==null||Number.isNaN(Number(n))?void 0:Number(n)}function l(e){let t=new Map;for(let n of e)n.parent!==void 0&&t.set(n.parent,[...t.get(n.parent)??[],n]);let n=e=>{let r=(t.get(`${e.schema}.${e.name}`)??[]).map(n);if(r.length===0)return e;let i=e=>{let t=r.flatMap(t=>t[e]??[]);return t.length===0?{}:{[e]:t.reduce((e,t)=>e+t,0)}};return{...e,...i(`rows`),...i(`bytes`),...i(`readsPerSecond`),...i(`writesPerSecond`)}};return e.map(n)}export{i as readPostgres};