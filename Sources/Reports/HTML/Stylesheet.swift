/// The rules of every page: the fonts of the reader's system, one column that narrows to 320 px, and paper.
enum Stylesheet {
    static var rules: Markup { Markup([base, parts, tables, charts, narrow, paper]) }

    private static let base: Markup = """
        *{box-sizing:border-box}
        html{font:100%/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;\
        background:var(--page);color:var(--ink);-webkit-text-size-adjust:100%}
        body{max-width:70rem;margin:0 auto;padding:2.5rem 1.5rem 4rem;overflow-wrap:break-word}
        h1,h2,h3,.verdict{font-family:Charter,"Bitstream Charter","Sitka Text",Cambria,"Liberation Serif",\
        Georgia,serif;line-height:1.2;text-wrap:balance}
        h1{font-size:2.4rem;font-weight:600;letter-spacing:-.01em;margin:.1rem 0 .3rem}
        h2{font-size:1.5rem;font-weight:600;margin:3.2rem 0 .9rem;padding-top:.8rem;border-top:2px solid var(--ink)}
        h3{font-size:1.15rem;font-weight:600;margin:1.8rem 0 .6rem}
        p,ul,ol,dl{margin:.5rem 0;max-width:46rem}
        ul,ol{padding-left:1.2rem}
        a{color:var(--accent);text-underline-offset:.15em}
        a:focus-visible,summary:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
        .name,.hash,td,.facts dd,.reasons span{overflow-wrap:anywhere}
        .muted,.subtitle,.note{color:var(--muted)}
        .owner{margin:0;font-size:.85rem;font-weight:600;letter-spacing:.06em;text-transform:uppercase;\
        color:var(--accent)}
        .subtitle{margin:0;font-size:1.1rem}
        .note{font-size:.92rem}
        .unseen,.skip:not(:focus){position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);\
        white-space:nowrap}
        .skip:focus{position:static;display:inline-block;margin-bottom:1rem}
        code,.hash{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace;font-size:.84em;\
        font-weight:400}
                footer{margin-top:4rem;padding-top:.8rem;border-top:1px solid var(--line);font-size:.85rem;\
        color:var(--muted)}
        footer p{max-width:none;margin:.2rem 0}

        """

    private static let parts: Markup = """
        #summary{margin-top:1.6rem}
        .verdict{max-width:none;margin:0;padding:1.3rem 1.5rem;background:var(--surface);\
        border:1px solid var(--line);border-left:.5rem solid var(--permitted);font-size:1.45rem}
        .verdict.high{border-left-color:var(--high)}
        .verdict.medium{border-left-color:var(--medium)}
        .verdict.low{border-left-color:var(--low)}
        .verdict+ul,.verdict+p{margin-top:1rem}
        .figures{display:flex;flex-wrap:wrap;gap:1px;max-width:none;margin:1.2rem 0;background:var(--line);\
        border:1px solid var(--line)}
        .figures div{flex:1 1 9rem;background:var(--surface);padding:.8rem 1rem;display:flex;\
        flex-direction:column-reverse;justify-content:flex-end}
        .figures dt{font-size:.88rem;color:var(--muted);line-height:1.35}
        .figures dd{margin:0;font-size:1.7rem;font-weight:600;line-height:1.25;font-variant-numeric:tabular-nums}
        nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;list-style:none;padding:0;max-width:none;\
        font-size:.95rem}
        .badge{display:inline-flex;align-items:center;gap:.35em;padding:.08em .6em .08em .5em;border-radius:1em;\
        border:1.5px solid currentColor;font-size:.8rem;font-weight:600;line-height:1.5;white-space:nowrap;\
        background:var(--surface);color:var(--low)}
        .badge svg{width:.8em;height:.8em;fill:currentColor;flex:none}
        .badge.high{color:var(--high)}
        .badge.medium{color:var(--medium)}
        article{margin:1rem 0;padding:1rem 1.2rem 1.1rem;background:var(--surface);border:1px solid var(--line);\
        border-top:.2rem solid var(--low)}
        article.high{border-top-color:var(--high)}
        article.medium{border-top-color:var(--medium)}
        article h3,article h4{margin:0 0 .4rem;font:600 1.12rem/1.35 inherit;font-family:inherit;\
        display:flex;flex-wrap:wrap;gap:.2rem .7rem;align-items:center}
        article p{margin:.35rem 0}
        .facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.15rem 1.1rem;\
        margin:.6rem 0;max-width:none}
        .facts dt{color:var(--muted)}
        .facts dd{margin:0;min-width:0}
        .reasons{list-style:none;padding:0;margin:.6rem 0 0;max-width:none}
        .reasons li{display:grid;grid-template-columns:2.2rem minmax(0,1fr);padding:.12rem 0}
        .reasons .points{font-variant-numeric:tabular-nums;font-weight:600}
        details{margin:.6rem 0}
        summary{cursor:pointer;color:var(--accent);font-size:.95rem;width:max-content;max-width:100%}
        .columns{columns:2;column-gap:2.5rem}
        .alert{border-left:.3rem solid var(--medium);padding:.1rem 0 .1rem .9rem}
        .boxes{list-style:none;padding:0}
        .boxes li{display:grid;grid-template-columns:1.6rem minmax(0,1fr);margin:.5rem 0}
        .boxes li::before{content:"";width:.95rem;height:.95rem;border:1.5px solid var(--ink);margin-top:.28rem}
        .label{border:.2rem solid var(--ink);background:var(--surface);padding:1rem 1.2rem;max-width:34rem}
        .label h3{margin:.2rem 0;font-size:1.5rem;border-bottom:.5rem solid var(--ink);padding-bottom:.4rem}
        .label h4{margin:.9rem 0 .2rem;font-size:1rem}
        .label dl{max-width:none;margin:0}
        .label dl div{display:flex;justify-content:space-between;gap:1rem;border-top:1px solid var(--ink);\
        padding:.25rem 0}
        .label dt{font-weight:600}
        .label dd{margin:0;text-align:right}
        .signature{display:grid;grid-template-columns:2fr 2fr 1fr;gap:2rem;max-width:none;margin-top:3rem}
        .signature p{border-top:1px solid var(--ink);padding-top:.3rem;font-size:.9rem}

        """

    private static let tables: Markup = """
        table{border-collapse:collapse;width:100%;margin:.8rem 0;background:var(--surface);\
        border:1px solid var(--line);font-size:.93rem}
        caption{text-align:left;color:var(--muted);padding:.2rem 0}
        th,td{padding:.5rem .7rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
        tbody tr:last-child>*{border-bottom:0}
        thead th{font-size:.82rem;font-weight:600;color:var(--muted);vertical-align:bottom;\
        border-bottom:1.5px solid var(--ink)}
        tbody th{font-weight:600;min-width:9rem}
        td.text{min-width:5.5rem}
        .number{text-align:right;font-variant-numeric:tabular-nums}
        td.number,.date{white-space:nowrap}
        .quiet{font-weight:400;color:var(--muted)}

        """

    private static let charts: Markup = """
        .charts{columns:2 22rem;column-gap:1.2rem}
        figure{margin:0 0 1.2rem;break-inside:avoid;padding:1rem 1.1rem;\
        background:var(--surface);border:1px solid var(--line);min-width:0}
        figcaption{font-weight:600;line-height:1.35}
        figcaption span{display:block;font-weight:400;font-size:.9rem;color:var(--muted)}
        figure svg{display:block;width:100%;height:auto;margin-top:.7rem}
        svg text{font:11.5px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;\
        fill:var(--ink)}
        svg .quiet{fill:var(--muted);font-weight:400}
        svg .axis{stroke:var(--line);fill:none}
        svg .link{stroke:var(--muted);fill:none;stroke-width:1.2}
        svg .arc{fill:var(--muted)}
        .tree ul{list-style:none;padding-left:1rem;margin:.1rem 0;border-left:1px solid var(--line)}
        .tree>ul{border:0;padding:0;margin-top:.7rem}
        .permitted{fill:var(--permitted)}
        .uncovered{fill:var(--uncovered)}
        .hidden{fill:var(--hidden)}
        .ground{fill:var(--page)}
        .h0{fill:var(--heat0)}.h1{fill:var(--heat1)}.h2{fill:var(--heat2)}.h3{fill:var(--heat3)}\
        .h4{fill:var(--heat4)}.h5{fill:var(--heat5)}
        figure table{font-size:.85rem;border:0}
        figure th,figure td{padding:.25rem .4rem}
        figure tbody th{min-width:0;white-space:nowrap}
        .compact td,.compact th{padding:.2rem .25rem}
        .upright thead .number span{writing-mode:vertical-rl;transform:rotate(180deg);max-height:10rem;\
        text-align:left}

        """

    private static let narrow: Markup = """
        @media screen and (max-width:44rem){
        body{padding:1.4rem 1rem 3rem}
        h1{font-size:1.85rem}
        .verdict{font-size:1.2rem;padding:1rem}
        .columns{columns:1}
        .facts{grid-template-columns:minmax(0,1fr);gap:0}
        .facts dd{margin-bottom:.45rem}
        .signature{grid-template-columns:1fr;gap:2.5rem}
        svg text{font-size:13px}
        .charts{columns:1}
        .steep thead .number span{writing-mode:vertical-rl;transform:rotate(180deg);max-height:10rem;\
        text-align:left}
        .cards,.cards tbody,.cards tr,.cards th,.cards td{display:block;width:auto}
        .cards thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
        .cards tbody tr{padding:.6rem .8rem;border-bottom:1px solid var(--line)}
        .cards tbody tr:last-child{border-bottom:0}
        .cards tbody th,.cards tbody td{border:0;padding:.1rem 0;min-width:0;text-align:left}
        .cards tbody td{display:grid;grid-template-columns:7.5rem minmax(0,1fr);gap:.7rem}
        .cards tbody td::before{content:attr(data-label);color:var(--muted)}
        figure .cards tbody tr{padding:.3rem 0}
        }

        """

    private static let paper: Markup = """
        @page{margin:16mm 15mm 18mm;@bottom-right{content:counter(page) " / " counter(pages);\
        font:8.5pt system-ui,"Liberation Sans",sans-serif}}
        @media print{
        html{font-size:9.5pt;background:#fff;print-color-adjust:exact;-webkit-print-color-adjust:exact}
        body{max-width:none;padding:0}
        nav,.skip,summary,figure details,.onscreen{display:none}
        details::details-content{content-visibility:visible;display:block;height:auto}
        h2{margin-top:1.6rem}
        .verdict{font-size:1.25rem;padding:.8rem 1rem}
        .figures dd{font-size:1.4rem}
        h1,h2,h3,h4,figcaption,caption,thead{break-after:avoid}
        h2+p,h3+p{break-after:avoid}
        thead{display:table-header-group}
        tr,figure svg,.verdict,.figures,.signature,.boxes li{break-inside:avoid}
        article{break-inside:avoid}
        tbody tr:first-child,tbody tr:nth-child(2){break-before:avoid}
        p,li{orphans:3;widows:3}
        .charts{columns:2}
        figure{margin-bottom:.7rem;padding:.6rem .8rem;font-size:.92em}
        figure svg{margin-top:.4rem}
        a{color:inherit;text-decoration:none}
        }
        """
}
