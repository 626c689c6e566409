const m=process.argv[2]; if(m) await import(m)
for(let i=0;i<4;i++){gc(); await new Promise(r=>setTimeout(r,300))}
import {readFileSync} from 'node:fs'
const s=readFileSync('/proc/self/smaps_rollup','utf8'); const g=(k)=>Math.round(+new RegExp(`^${k}:\\s+(\\d+)`,'m').exec(s)[1]/1024)
const u=process.memoryUsage()
console.log((m??'none').padEnd(20),'rss',g('Rss'),'anon',g('Anonymous'),'heapUsed',Math.round(u.heapUsed/1048576*10)/10,'heapTotal',Math.round(u.heapTotal/1048576))
