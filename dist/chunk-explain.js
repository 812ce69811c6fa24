import{i as e}from"./chunk-rolldown-runtime.js";import{_ as t,f as n,ft as r,lt as i,m as a,ot as o,p as s,t as c}from"./chunk-core.js";import{n as l}from"./chunk-prose.js";var u=e(c(),1);function d(e,t,c){let[l]=e,d=a();if(l===void 0)throw new r(`explain needs the id of a rule`,`List them with: premortem rules`);let p=d.find(e=>e.id===l);if(!p){let e=i(l,d.map(e=>e.id))??d.find(e=>e.id.endsWith(`/${l}`))?.id;throw new r(`there is no rule "${l}"${e===void 0?``:` (did you mean ${e}?)`}`,`List them with: premortem rules`)}let m=(0,u.createColors)(n(o(`color`,t.color,[`auto`,`always`,`never`],`auto`),c));return c.out(f({...p,examples:s()[l]??{flagged:[],passed:[]}},c.width,m)),0}function f(e,n,r){let i=e=>r.bold(e),a=typeof e.level==`string`?e.level:[...new Set(e.level.map(e=>e.level))].join(` or `);return`${[`${i(e.id)} (${a})\n${l(e.title,n).join(`
`)}`,`${i(`Why`)}\n${h(e.why,n)}`,`${i(`Safer`)}\n${h(e.fix,n)}`,...e.incidents?.length?[`${i(`It happened`)}\n${e.incidents.map(({title:e,year:t,url:r})=>`${h(`${e}${t===void 0?``:` (${t})`}`,n)}\n    ${r}`).join(`
`)}`]:[],`${i(`Flagged`)}\n${e.examples.flagged.slice(0,1).map(p).join(`
`)}`,`${i(`Not flagged`)}\n${e.examples.passed.slice(0,1).map(p).join(`
`)}`,`${i(`Accept it here`)}\n  premortem-ignore[${e.id}]: the reason\n  in a comment on the line or the line above`,`${i(`Sources`)}\n${[...e.sources,t(e.id)].map(e=>`  ${e}`).join(`
`)}`].join(`

`)}\n`}function p(e){let t=(e.files??[{path:e.path??``,...e.base===void 0?{}:{base:e.base},...e.head===void 0?{}:{head:e.head}}]).map(({path:e,base:t,head:n})=>[`  ${e}`,...m(`-`,t),...m(`+`,n)].join(`
`));return[...e.because===void 0?[]:[`  (${e.because})`],...t].join(`
`)}function m(e,t){return t===void 0?[]:t.trimEnd().split(`
`).map(t=>`  ${e} ${t}`)}function h(e,t){return l(e,t-2).map(e=>e===``?``:`  ${e}`).join(`
`)}export{d as runExplain};