"""The same fields by Scrapy.   URLS=… scrapy runspider spider.py -o OUT.csv"""

import os
import re

import scrapy

NUMBER = re.compile(r"[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝蜀川贵云藏陕甘青宁新]ICP[备证]\d{6,10}号?(?:-\d+)?")
POLICE = re.compile(r"[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝蜀川贵云藏陕甘青宁新]公网安备\s*\d{11,14}号?")


class Numbers(scrapy.Spider):
    name = "numbers"
    custom_settings = {
        "CONCURRENT_REQUESTS": 128,
        "ROBOTSTXT_OBEY": False,
        "LOG_LEVEL": "ERROR",
        "RETRY_ENABLED": False,
        "COOKIES_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
    }

    async def start(self):
        for line in open(os.environ["URLS"]):
            yield scrapy.Request(line.strip(), dont_filter=True)

    def parse(self, response):
        text = "\n".join(response.xpath("//body//text()[not(parent::script|parent::style)]").getall())
        numbers = NUMBER.findall(text)
        links = {"".join(a.xpath(".//text()").getall()).strip(): a.attrib.get("href", "")
                 for a in response.xpath("//a")}
        yield {
            "url": response.url,
            "title": response.xpath("normalize-space(//title)").get(),
            "numbers": " ".join(numbers),
            "links": " ".join(links.get(number, "") for number in numbers),
            "police": " ".join(POLICE.findall(text)),
            "marks": " | ".join(line.strip() for line in text.split("\n") if "©" in line),
        }
