"""Names a browser and its system in words, so that people recognise their own."""

SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "CrOS": "ChromeOS",
    "Mac OS X": "Mac",
    "Linux": "Linux",
}
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "SamsungBrowser/": "Samsung Internet",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
"""In this order: nearly all call themselves by the names further down as well."""


def device(user_agent: str) -> str:
    """„Firefox на Windows“; of what is unknown as much as is known."""
    browser = next((name for word, name in BROWSERS.items() if word in user_agent), "непознат браузър")
    system = next((name for word, name in SYSTEMS.items() if word in user_agent), None)
    return f"{browser} на {system}" if system else browser
