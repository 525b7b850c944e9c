"""A digest in words: eight characters of the 千字文, which a hall reads aloud and compares."""

TEXT = (
    "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈"
    "剑号巨阙珠称夜光果珍李柰菜重芥姜海咸河淡鳞潜羽翔龙师火帝鸟官人皇始制文字乃服衣裳推位让国有虞陶唐"
    "吊民伐罪周发殷汤坐朝问道垂拱平章爱育黎首臣伏戎羌遐迩一体率宾归王鸣凤在竹白驹食场化被草木赖及万方"
    "盖此身发四大五常恭惟鞠养岂敢毁伤女慕贞洁男效才良知过必改得能莫忘罔谈彼短靡恃己长信使可覆器欲难量"
    "墨悲丝染诗赞羔羊景行维贤克念作圣德建名立形端表正空谷传声虚堂习听祸因恶积福缘善庆尺璧非宝寸阴是竞"
    "资父事君曰严与敬孝当竭力忠则尽命临深履薄夙兴温凊似兰斯馨如松之盛川流不息渊澄取映容止若思言辞安定"
)


def _common(char: str) -> bool:
    """Tell whether a character is of GB 2312's first level, the 3,755 in daily use."""
    return 0xB0 <= char.encode("gb18030")[0] <= 0xD7


WORDS = tuple(dict.fromkeys(char for char in TEXT if _common(char)))[:256]


def words(digest: str, count: int = 8) -> str:
    """Return the first bytes of a hex digest as characters, in groups of four."""
    chars = "".join(WORDS[byte] for byte in bytes.fromhex(digest)[:count])
    return " ".join(chars[at : at + 4] for at in range(0, count, 4))
