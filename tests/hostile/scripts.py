"""Pages that misuse a browser: loops, dialogs, windows, bombs of pictures and styles, tricks on our own scripts."""

import struct
import zlib
from collections.abc import Callable
from random import Random

from tests.hostile.cases import LANDING, LISTED, PORTAL, SEARCH, add
from tests.hostile.internet import Visit
from tests.hostile.text import OFFERS, page

#: What a script does on a page of an offer.
_SCRIPTS: dict[str, str] = {
    "alerts": "for(let i=0;i<{n};i++)alert('中奖 '+i)",
    "alerts_for_ever": "setInterval(()=>alert('再看看'),1)",
    "questions": "while(prompt('姓名')!=='x'&&(self.c=(self.c||0)+1)<{n});confirm('真的吗')",
    "unload_questions": "onbeforeunload=e=>{e.preventDefault();return '不要走'};onpagehide=()=>alert(1);setTimeout(()=>location='/?b',50)",
    "windows": "for(let i=0;i<{n};i++)open('/?w='+i,'w'+i)",
    "windows_for_ever": "setInterval(()=>open('/?w'),5)",
    "print": "print();print()",
    "history": "let i=0;setInterval(()=>{for(let k=0;k<50;k++)history.pushState(i,'','/h'+i++)},1)",
    "hash": "let i=0;setInterval(()=>location.hash=i++,1)",
    "back": "history.back();history.go(-5);history.forward()",
    "reload": "setTimeout(()=>location.reload(),{n}%50)",
    "location": "setTimeout(()=>location='/?l='+Math.random(),10)",
    "location_at_once": "location='/?l='+Math.random()",
    "microtask_some": "let i=0;(function f(){if(i++<2e6)Promise.resolve().then(f)})()",
    "frames_of_animation": "(function f(){document.title=Math.random();requestAnimationFrame(f)})()",
    "title_flips": "setInterval(()=>document.title='x'.repeat(1e5)+Math.random(),1)",
    "growing": "setInterval(()=>{for(let i=0;i<200;i++)document.body.appendChild(document.createElement('p')).textContent='理财'},10)",
    "writing": "setInterval(()=>document.write('<p>理财'.repeat(50)),10)",
    "reopening": "setInterval(()=>{document.open();document.write('<p>新页面，年化收益百分之十，欢迎咨询，额度有限，先到先得。');document.close()},30)",
    "observer": "new MutationObserver(m=>document.body.append('x')).observe(document.body,{childList:true});setTimeout(()=>0,1)",
    "emptied": "document.documentElement.remove()",
    "no_body": "document.body.remove()",
    "replaced": "document.replaceChildren()",
    "root_changed": "document.replaceChild(document.createElementNS('http://www.w3.org/2000/svg','svg'),document.documentElement)",
    "errors": "setInterval(()=>{for(let i=0;i<100;i++)setTimeout(()=>{throw new Error('x'.repeat(1000))})},5)",
    "rejections": "setInterval(()=>{for(let i=0;i<100;i++)Promise.reject(i)},5)",
    "console": "setInterval(()=>{for(let i=0;i<300;i++)console.log('x'.repeat(1000),{i})},5)",
    "debugger": "setInterval(()=>{debugger},10)",
    "messages": "onmessage=()=>{postMessage(1,'*');postMessage(1,'*')};setTimeout(()=>onmessage=null,800);postMessage(1,'*')",
    "workers": "const u=URL.createObjectURL(new Blob(['for(;;){}']));for(let i=0;i<4;i++){const w=new Worker(u);setTimeout(()=>w.terminate(),1500)}",
    "workers_of_workers": "const s='const u=URL.createObjectURL(new Blob([self.s]));';const u=URL.createObjectURL(new Blob(['postMessage(1)']));for(let i=0;i<150;i++)new Worker(u)",
    "shared_worker": "try{new SharedWorker(URL.createObjectURL(new Blob(['onconnect=()=>0'])))}catch(e){}",
    "service_worker": "navigator.serviceWorker&&navigator.serviceWorker.register('/sw.js').catch(()=>0)",
    "permissions": "navigator.geolocation.getCurrentPosition(()=>0);Notification.requestPermission();navigator.mediaDevices&&navigator.mediaDevices.getUserMedia({video:1,audio:1}).catch(()=>0);navigator.clipboard&&navigator.clipboard.readText().catch(()=>0)",
    "devices": "for(const k of ['usb','serial','hid','bluetooth'])try{navigator[k].requestDevice({filters:[],acceptAllDevices:true}).catch(()=>0)}catch(e){}",
    "fullscreen": "document.documentElement.requestFullscreen().catch(()=>0);document.body.requestPointerLock&&document.body.requestPointerLock()",
    "storage": "try{for(let i=0;;i++)localStorage['k'+i]='x'.repeat(1e6)}catch(e){};indexedDB.open('x').onupgradeneeded=e=>{const s=e.target.result.createObjectStore('s');for(let i=0;i<20;i++)s.put(new ArrayBuffer(1e6),i)}",
    "cookies": "for(let i=0;i<500;i++)document.cookie='c'+i+'='+'v'.repeat(3900);new Image().src='/c.png'",
    "downloads_by_script": "for(let i=0;i<{n};i++){const a=document.createElement('a');a.href=URL.createObjectURL(new Blob(['x'.repeat(1e5)]));a.download='合同'+i+'.exe';a.click()}",
    "download_links": "for(let i=0;i<20;i++){const a=document.createElement('a');a.href='/d'+i;a.download='../../x.sh';a.click()}",
    "fetches": "let n=0;(function f(){for(let i=0;i<20&&n++<4000;i++)fetch('/?f='+n).then(f,f)})()",
    "sync_request": "const x=new XMLHttpRequest();x.open('GET','/?s',false);try{x.send()}catch(e){}",
    "sockets": "for(let i=0;i<100;i++)try{new WebSocket('ws://'+location.host+'/'+i)}catch(e){}",
    "memory": "const a=[];try{for(let i=0;i<120;i++)a.push(new Uint8Array(1<<20).fill(i))}catch(e){};self.a=a",
    "strings": "let s='理财';for(let i=0;i<19;i++)s+=s;document.body.append(s)",
    "long_text": "document.body.append('理财产品年化收益 '.repeat(100000))",
    "canvas": "const c=document.createElement('canvas');c.width=c.height=16384;document.body.append(c);const x=c.getContext('2d');x&&x.fillRect(0,0,9,9)",
    "webgl": "for(let i=0;i<40;i++){const c=document.createElement('canvas');c.getContext('webgl');document.body.append(c)}",
    "audio": "try{for(let i=0;i<20;i++){const a=new AudioContext(),o=a.createOscillator();o.connect(a.destination);o.start()}}catch(e){}",
    "frames_by_script": "for(let i=0;i<{n}*5;i++){const f=document.createElement('iframe');f.srcdoc='<p>框'+i;document.body.append(f)}",
    "frame_nest": "let d=document;for(let i=0;i<60;i++){const f=d.createElement('iframe');d.body.append(f);d=f.contentDocument;if(!d.body)break}",
    "frame_flicker": "setInterval(()=>{const f=document.createElement('iframe');f.src='/?i';document.body.append(f);setTimeout(()=>f.remove(),20)},15)",
    "shadow": "let e=document.body;for(let i=0;i<300;i++){const d=document.createElement('div');e.append(d);e=d.attachShadow({mode:i%2?'open':'closed'});}e.append('影子里的字')",
    "dom_deep": "let e=document.body;for(let i=0;i<5000;i++){const d=document.createElement('div');e.append(d);e=d}e.append('到底了')",
    "prototypes": "Object.prototype.toJSON=()=>'假';Array.prototype.map=()=>{throw 1};String.prototype.slice=()=>'假';JSON.stringify=()=>'假';Element.prototype.getBoundingClientRect=()=>({width:1e308});document.querySelectorAll=()=>[];Promise=function(){};Date.now=()=>NaN;performance.now=()=>-1",
    "getters": "for(const [o,k] of [[document,'title'],[document,'body'],[HTMLElement.prototype,'innerText'],[Element.prototype,'outerHTML']])try{Object.defineProperty(o,k,{get(){for(;;);}})}catch(e){}",
    "timers": "self.setTimeout=()=>0;self.requestAnimationFrame=()=>0;Element.prototype.scrollIntoView=()=>{for(;;);};self.scrollTo=()=>{for(;;);}",
    "surrogates_by_script": "document.title='\\ud800理\\udc00';document.body.append('\\ud800\\ud800');document.body.setAttribute('data-x','\\udfff')",
    "window_name": "self.name='x'.repeat(5e6);self.close();self.stop()",
    "focus": "setInterval(()=>{focus();blur();document.body.requestFullscreen&&0;scrollTo(0,Math.random()*1e6)},5)",
    "events": "for(let i=0;i<2000;i++)dispatchEvent(new Event('scroll'));addEventListener('scroll',()=>{for(let i=0;i<3e6;i++);})",
    "wasm": "try{new WebAssembly.Memory({initial:16384})}catch(e){}",
    "form": "const f=document.createElement('form');f.method='post';f.action='/?p';document.body.append(f);setTimeout(()=>f.submit(),20)",
    "blob_page": "location=URL.createObjectURL(new Blob(['<meta charset=utf-8><p>盲页，年化收益百分之十二，保本保息'],{type:'text/html'}))",
    "opener": "const w=open('about:blank');try{w.opener=null;w.document.write('<script>for(;;);<\\/script>')}catch(e){}",
    "overlays": "function o(){const d=document.createElement('div');d.style='position:fixed;inset:0;z-index:99999;background:#fff';d.innerHTML='<p>恭喜中奖</p><span class=close>×</span>';d.lastChild.onclick=()=>{d.remove();o();o()};document.body.append(d)}o()",
    "overlays_many": "for(let i=0;i<{n};i++){const d=document.createElement('div');d.style='position:fixed;inset:'+i%9+'px;z-index:'+i;d.innerHTML='广告 <a class=close href=\"javascript:void(0)\">关闭</a>';document.body.append(d)}",
    "close_leads_away": "const d=document.createElement('div');d.style='position:fixed;inset:9px;z-index:9;background:#fff';d.innerHTML='广告<button class=close>×</button>';d.lastChild.onclick=()=>{for(let i=0;i<9;i++)open('/?away');location='/?gone'};document.body.append(d)",
    "close_hangs": "const d=document.createElement('div');d.style='position:fixed;inset:9px;z-index:9;background:#fff';d.innerHTML='广告<button class=close>关闭</button>';d.lastChild.onclick=()=>{const e=Date.now()+9000;while(Date.now()<e);};document.body.append(d)",
}  # fmt: skip

#: Only a limit of time ends these.
_ENDLESS: dict[str, str] = {
    "loop": "for(;;);",
    "loop_after_load": "onload=()=>{for(;;);}",
    "loop_in_timer": "setTimeout(()=>{for(;;);},300)",
    "microtasks": "(function f(){Promise.resolve().then(f)})()",
    "busy_intervals": "for(let i=0;i<50;i++)setInterval(()=>{const e=performance.now()+200;while(performance.now()<e);},1)",
    "loop_in_frame": "const f=document.createElement('iframe');f.srcdoc='<script>for(;;);<\\/script>';document.body.append(f)",
    "regex": "/^(a+)+$/.test('a'.repeat(60)+'b')",
    "memory_for_ever": "const a=[];setInterval(()=>a.length<300&&a.push(new Uint8Array(1<<20).fill(1)),5);setTimeout(()=>{for(;;);},3000)",
}  # fmt: skip

#: What stands on a page of an offer.
_BODIES: dict[str, str] = {
    "refresh": "<meta http-equiv=refresh content=0>",
    "refresh_on": "<meta http-equiv=refresh content='0;url=/?r'>",
    "refresh_odd": "<meta http-equiv=refresh content='1e9;url=javascript:alert(1)'><meta http-equiv=refresh content='-5; url=//'><meta http-equiv=set-cookie content=a>",
    "base": "<base href='javascript:alert(1)'><base href='file:///'><a href=x>广告</a>",
    "frames": "<iframe srcdoc='<p>框</p>'></iframe>" * 300,
    "frames_of_self": "<iframe src='?again' width=300 height=200></iframe><iframe src='?again2' width=300 height=200></iframe>",
    "frame_big": "<iframe width=99999999 height=99999999 src='/?big'></iframe>",
    "css_variables": "<style>:root{--a:x;" + "".join(f"--b{n}:var(--{'a' if n == 0 else f'b{n - 1}'}) var(--{'a' if n == 0 else f'b{n - 1}'});" for n in range(40)) + "}p::after{content:var(--b39)}</style>",
    "css_filter": "<style>p{filter:blur(500px) drop-shadow(0 0 900px red);backdrop-filter:blur(99px)}</style>" + "<p>糊" * 200,
    "css_huge": "<div style='width:33554400px;height:33554400px;background:linear-gradient(red,blue)'>大</div>",
    "css_selectors": "<style>" + ":has(*:not(p+p))" * 300 + "{color:red}</style>" + "<p>" * 3000,
    "css_content": "<style>body::before{content:'广告 保本';font-size:9999px}*{animation:a 1ms infinite}@keyframes a{to{transform:rotate(1turn)}}</style>" + "<i>x</i>" * 500,
    "css_grid": "<div style='display:grid;grid-template-columns:repeat(100000,1px)'>" + "<i></i>" * 5000 + "</div>",
    "svg_use": "<svg width=300 height=300><defs><g id=a0><rect width=1 height=1 /></g>" + "".join(f"<g id=a{n}>{f'<use href=#a{n - 1} />' * 10}</g>" for n in range(1, 6)) + "</defs><use href=#a5 /></svg>",
    "svg_filter": "<svg width=900 height=900><filter id=f><feTurbulence baseFrequency=.9 numOctaves=500 /><feMorphology radius=400 /></filter><rect width=900 height=900 filter='url(#f)'/></svg>",
    "many_images": "<img src=/i.png>" * 600,
    "png_bomb": "<img src=/bomb.png>",
    "media": "<video src=/v autoplay loop></video><audio src=/a autoplay></audio><object data=/o></object><embed src=/e>" * 20,
    "marquee": "<marquee behavior=alternate scrollamount=999>理财</marquee>" * 300,
    "inputs": "<input type=file autofocus><input type=password value=x>" * 500 + "<datalist>" * 100,
    "tables": "<table>" * 400 + "<td colspan=1000 rowspan=65534>" * 50,
    "zalgo": "<p>" + ("理" + "\u0301\u0316\u0489" * 300) * 60,
    "fonts": "<style>@font-face{font-family:x;src:url(/f.woff2)}*{font-family:x}</style>",
    "invisible": "<p style='opacity:0'>" + OFFERS[1] + "</p><p style='position:absolute;left:-99999px'>" + OFFERS[2] + "</p><p style='font-size:0'>x</p>",
    "bidi": "<p>\u202e" + OFFERS[0] + "\u202c<bdo dir=rtl>" + OFFERS[1] + "</bdo>",
    "dialogs_open": "<dialog open>弹窗</dialog>" * 50 + "<details open>" * 500,
    "speculation": "<link rel=prerender href='/?p'><link rel=prefetch href='/?q'>" * 100,
    "plugins": "<applet code=x.class></applet><object classid='clsid:x' codebase=/x.cab></object><embed type=application/x-shockwave-flash src=/x.swf>",
    "frameset": "<script>document.write('<frameset>')</script><frameset cols='50%,50%'><frame src='/?1'><frame src='/?2'></frameset>",
    "plaintext": "<plaintext><script>alert(1)</script>",
}  # fmt: skip


def _png(width: int, height: int) -> bytes:
    """A picture of a few kilobytes that takes width × height × 4 bytes when drawn."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    packer = zlib.compressobj(9)
    row = bytes(width // 8 + 2)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def _serving(body: str) -> Callable[[Visit, Random], None]:
    def serve(visit: Visit, chance: Random) -> None:
        if visit.path.endswith(".png"):
            visit.answer(
                _png(*chance.choice(((12_000, 12_000), (30_000, 3_000), (65_000, 500)))), "image/png"
            )
        elif visit.path == "/sw.js":
            visit.answer("addEventListener('fetch',e=>e.respondWith(new Response('假')))", "text/javascript")
        elif visit.path.startswith(("/d", "/v", "/f.")):
            visit.answer(bytes(2000), "application/octet-stream")
        else:
            visit.answer(page(body.replace("{n}", str(chance.choice((1, 20, 400))))))

    return serve


_WAYS = (LISTED, PORTAL, LANDING, SEARCH)
for _turn, (_name, _script) in enumerate(_SCRIPTS.items()):
    add(f"js_{_name}", _serving(f"<script>{_script}</script>"), (_WAYS[_turn % 4], LISTED))
for _turn, (_name, _body) in enumerate(_BODIES.items()):
    add(f"page_{_name}", _serving(_body), (_WAYS[_turn % 4],))
for _turn, (_name, _script) in enumerate(_ENDLESS.items()):
    add(f"js_{_name}", _serving(f"<script>{_script}</script>"), (_WAYS[_turn % 4],), slow=True)
