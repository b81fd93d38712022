"""How the report's page looks: light, dark, on a phone, on paper; in the colours of the charts."""

from __future__ import annotations

from credits.charts import DARK, LIGHT, Palette


def _colours(palette: Palette, *, ground: str, panel: str, line: str, quiet: str) -> str:
    return (
        f"--blue:{palette.blue};--red:{palette.red};--text:{palette.text};--ground:{ground};"
        f"--panel:{panel};--rule:{line};--quiet:{quiet}"
    )


_LIGHT = _colours(LIGHT, ground="#FFFFFF", panel="#F5F7FA", line="#E2E7EE", quiet="#566476")
_DARK = _colours(DARK, ground="#0F141B", panel="#1A212B", line="#2B3542", quiet="#A9B4C2")

STYLE = (
    ":root{color-scheme:light dark;" + _LIGHT + "}"
    "@media (prefers-color-scheme:dark){:root{" + _DARK + "}}"
    "@media print{:root{color-scheme:light;" + _LIGHT + "}}"
    """
*{box-sizing:border-box}
body{margin:0 auto;padding:28px 24px 48px;max-width:1120px;background:var(--ground);
 color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",
 sans-serif; font-variant-numeric:tabular-nums}
h1{font-size:26px;line-height:1.25;margin:0}
h2{font-size:18px;margin:40px 0 4px}
p{margin:2px 0}
.quiet,figcaption{color:var(--quiet);font-size:13.5px}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(205px,1fr));gap:12px;
 margin:22px 0 0}
.card{border:1px solid var(--rule);border-radius:10px;padding:12px 14px}
.card b{display:block;font-size:25px;line-height:1.3;font-weight:600;overflow-wrap:anywhere}
.card span{color:var(--quiet);font-size:13.5px;display:block;overflow-wrap:anywhere}
.card .bad{color:var(--red)}
.answer{border-left:4px solid var(--blue);background:var(--panel);padding:12px 16px;margin-top:18px;
 border-radius:0 10px 10px 0}
.answer.bad{border-color:var(--red)}
figure{margin:12px 0 0}
figcaption{margin-top:8px}
.plot{position:relative;height:270px;margin:12px 8px 26px 66px;border-bottom:1px solid var(--quiet)}
.plot svg{position:absolute;width:100%;height:100%;overflow:visible}
.plot path,.plot rect{vector-effect:non-scaling-stroke}
.plot span{position:absolute;font-size:12px;color:var(--quiet);white-space:nowrap}
.plot .y{right:100%;transform:translateY(50%);padding-right:8px}
.plot .y::after{content:"";position:absolute;left:100%;top:50%;width:var(--across,0)}
.plot .x{top:100%;transform:translateX(-50%);padding-top:5px}
.plot span.limit{left:0;color:var(--red);padding:0 0 2px;font-weight:600}
.area{fill:var(--blue);opacity:.12}.area.band{opacity:.24}
.line{fill:none;stroke:var(--blue);stroke-width:1.6}
.line.over{stroke:var(--red);stroke-width:2.6}
path.limit{fill:none;stroke:var(--red);stroke-width:1.4;stroke-dasharray:6 4}
.refused{fill:var(--red);opacity:.24}
.bar{fill:var(--blue)}.bar.over{fill:var(--red)}
.key{display:inline-block;width:11px;height:11px;border-radius:2px;margin:0 5px 0 14px;
 background:var(--blue)}
.key:first-child{margin-left:0}
.key.over{background:var(--red)}.key.shade{background:var(--red);opacity:.35}
.ranked{list-style:none;margin:14px 0 0;padding:0}
.ranked li{display:grid;grid-template-columns:minmax(90px,26%) 1fr auto;gap:12px;align-items:center;
 padding:3px 0}
.ranked span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.ranked i{display:block;height:15px;min-width:2px;border-radius:3px;background:var(--blue)}
.ranked b{font-weight:500;min-width:72px;text-align:right}
.scroll{overflow-x:auto;margin-top:10px}
table{border-collapse:collapse;width:100%;font-size:14px}
th,td{padding:6px 10px;text-align:right;border-bottom:1px solid var(--rule);white-space:nowrap}
thead th{background:var(--panel);font-weight:600;vertical-align:bottom;white-space:normal}
th:first-child,td:first-child,.name{text-align:left}
td.name{white-space:normal;overflow-wrap:anywhere;min-width:130px}
tfoot td{font-weight:600;border-top:2px solid var(--rule)}
td.bad{color:var(--red);font-weight:600}
dl{display:grid;grid-template-columns:minmax(110px,190px) 1fr;gap:8px 18px;margin:12px 0 0}
dt{font-weight:600}
dd{margin:0;overflow-wrap:anywhere}
@media (max-width:560px){
 body{padding:18px 14px 36px}
 .cards{grid-template-columns:1fr 1fr;gap:8px}
 .card{padding:9px 11px}.card b{font-size:20px}
 .plot{height:220px;margin-left:54px}
 dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:10px}
}
@media print{
 @page{margin:14mm}
 body{padding:0;max-width:none;font-size:11pt}
 *{-webkit-print-color-adjust:exact;print-color-adjust:exact}
 h2{break-after:avoid}
 figure,.card,tr,.answer{break-inside:avoid}
 .cards{grid-template-columns:repeat(4,1fr)}
 .scroll{overflow:visible}
 tfoot{display:table-row-group}
 table{font-size:9pt}th,td{padding:3px 5px;white-space:normal}
}
"""
)
