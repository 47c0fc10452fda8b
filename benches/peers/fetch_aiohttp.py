"""The script that a capable person writes: aiohttp and uvloop fetch, selectolax parses, all
fields that a record-number audit reads go to a CSV.   fetch_aiohttp.py URLS ROOT_PEM OUT"""

import asyncio
import csv
import re
import ssl
import sys

import aiohttp
import uvloop
from selectolax.lexbor import LexborHTMLParser as HTMLParser

NUMBER = re.compile(r"[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝蜀川贵云藏陕甘青宁新]ICP[备证]\d{6,10}号?(?:-\d+)?")
POLICE = re.compile(r"[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝蜀川贵云藏陕甘青宁新]公网安备\s*\d{11,14}号?")
META = re.compile(rb"<meta[^>]+charset=[\"']?([\w-]+)", re.I)
WIDTH = 128


def charset(headers, body):
    declared = re.search(r"charset=([\w-]+)", headers.get("Content-Type", ""))
    if declared:
        return declared.group(1)
    found = META.search(body[:1024])
    name = found.group(1).decode() if found else "utf-8"
    return "gb18030" if name.lower() in ("gbk", "gb2312") else name


def fields(url, headers, body):
    tree = HTMLParser(body.decode(charset(headers, body), "replace"))
    title = tree.css_first("title")
    links = {a.text(strip=True): a.attributes.get("href", "") for a in tree.css("a")}
    for node in tree.css("script,style"):
        node.decompose()
    text = tree.body.text(separator="\n") if tree.body else ""
    numbers = NUMBER.findall(text)
    marks = [line.strip() for line in text.split("\n") if "©" in line or "版权所有" in line]
    return [url, title.text(strip=True) if title else "", " ".join(numbers),
            " ".join(links.get(n, "") for n in numbers), " ".join(POLICE.findall(text)), " | ".join(marks)]


async def work(queue, session, out):
    while (url := await queue.get()) is not None:
        try:
            async with session.get(url) as answer:
                out.writerow(fields(url, answer.headers, await answer.read()))
        except Exception as error:  # a script: whatever fails is a row
            out.writerow([url, "", "", "", "", repr(error)])
    queue.put_nowait(None)


async def main():
    urls, root, target = sys.argv[1:4]
    tls = ssl.create_default_context(cafile=root)
    queue = asyncio.Queue()
    for line in open(urls):
        queue.put_nowait(line.strip())
    queue.put_nowait(None)
    connector = aiohttp.TCPConnector(limit=WIDTH, ssl=tls, force_close=True)
    with open(target, "w", newline="") as file:
        async with aiohttp.ClientSession(connector=connector) as session:
            out = csv.writer(file)
            await asyncio.gather(*(work(queue, session, out) for _ in range(WIDTH)))


uvloop.run(main())
