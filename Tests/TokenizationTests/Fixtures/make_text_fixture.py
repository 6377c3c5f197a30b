"""Writes what a BERT's reference implementation makes of hard strings and of captions.

Run from the package root, after `make text-encoder`, with torch, tokenizers and transformers:
    python3 Tests/TokenizationTests/Fixtures/make_text_fixture.py
Writes text.json (strings, ids, digests), text.safetensors (numbers) and the folder tiny-bert, a
random model small enough to be kept. The Swift encoder must give the same (TextEncoderTests.swift).
"""

import hashlib
import json
import pathlib
import string

import tokenizers
import torch
import transformers
from safetensors.torch import load_file, save_file

here = pathlib.Path(__file__).parent
full = here.parents[2] / "models" / "text" / "all-MiniLM-L6-v2"
tiny = here / "tiny-bert"

HARD = [
    "", " ", "\t\n\r \u00a0\u3000\u2003", "a", "A", "Hello, World!", "hello   world", "UPPER lower MiXeD",
    # accents, composed and decomposed, stacked, and letters that only look accented
    "café naïve Ångström", "cafe\u0301 nai\u0308ve A\u030angstro\u0308m", "ŐŰ őű Żółć łódź øre đ ß ẞ",
    "e\u0301\u0302\u0303\u0304\u0323", "\u0301alone", "\u1e69\u0323 s\u0323\u0307", "\u0344\u0390", "İstanbul ı I i",
    "Ὀδυσσεύς Σίσυφος ΣΑΣ", "Ёлка й ЩЁ", "ﬁne ﬀ ﬃ ﬆ", "ǅ ǈ ǲ", "K Å Ω",
    # other writing systems
    "日本語テキスト", "中文字符 and english中文mixed", "㐀㐁 𠀀𠀁 𪜀 豈 丽", "한국어 텍스트 ᄒ\u1161ᆫ", "カタカナ ガ ｶﾞ ぱ",
    "שָׁלוֹם עולם", "مَرْحَبًا بالعالم ١٢٣", "नमस्ते दुनिया क्ष", "สวัสดีชาวโลก", "ქართული ᲥᲐᲠᲗᲣᲚᲘ", "ᏣᎳᎩ ꭰ",
    "Tiếng Việt rất đẹp", "\u202eright to left\u202c and back", "a\u200bb\u200cc\u200dd\ufeffe\u2060f",
    # pictures and symbols
    "😀 smile 👍🏽", "👨\u200d👩\u200d👧 family", "🇫🇷 flag", "❤\ufe0f ☃ ★", "x² + y³ ≤ ½π ∞", "€5 £6 ¥7 ₿8", "ⅣⅫ ① ⓐ",
    "𝒜𝓁𝑔𝑒𝒷𝓇𝒶 𝟙𝟚", "™ © ® ° µ", "½ cup",
    # control characters and unreadable bytes
    "a\u0000b\u0001c\u007fd", "a\u0085b\u009fc", "zero\ufffdwidth", "\u00adsoft\u00adhyphen", "\ue000private\uf8ff",
    "vertical\u000btab\u000cfeed", "line\u2028para\u2029graph", "\u0378unassigned", "new \u1c8a \U0001e030 \U0001fae8",
    # punctuation
    "don't can't it's O'Brien's", "don’t “quoted” ‘single’", "semi;colon:dash-em—en–hyphen‐", "a.b.c... e.g. U.S.A.",
    "!?¿¡…‽", "((nested [brackets] {braces}))", "under_score __init__ a_b", "50% of $3.99 #1 @home & co*", "a/b\\c|d",
    "~tilde^caret`back=plus+<less>", "。、「日本」！？", "، ؛ ؟ ।", "---", "''''\"\"", "a\u0488b\u20e3c",
    # numbers
    "0 1 12 123 1234 12345 3.14159 -42 +7 1e-9 1,000,000", "２０２６ １２", "0x1F 0b101", "2026-11-23T23:59:59Z", "3rd 21st 1980s",
    # addresses
    "https://example.com/a/b?c=d&e=%20#frag", "mail@example.co.uk", "C:\\Users\\x", "/usr/local/bin/env", "192.168.0.1:8080",
    # marks of the model, and what only looks like them
    "[CLS] a [SEP] b [MASK] c [PAD] d [UNK] e", "[mask] [Cls] [MASK[MASK]] [[SEP]]", "x[MASK]y", "[unused1] ##ing ing## ##",
    "[MASK]\u0301", "[ MASK ]", "[CLS", "]",
    # words at and over the length that is looked up at all
    "a" * 99, "a" * 100, "a" * 101, "b" + "é" * 99, "é" * 101, "中" * 120, "x" * 100 + " y", "supercalifragilisticexpialidocious",
    "pneumonoultramicroscopicsilicovolcanoconiosis", "donaudampfschifffahrtsgesellschaftskapitän", "zzzzqqqqxxxx",
    # longer than the 256 pieces that are kept
    "the red ball rolls " * 90, "antidisestablishmentarianism " * 60, "word " * 254, "word " * 255, "[MASK]" * 300,
]

CAPTIONS = [
    "A cyan square spins and then grows while the camera pans down.",
    "Over a gray brick background, a spotted gray hexagon bounces and a red diamond moves to the left.",
    "A red circle moves to the right.", "Two green stars shrink over a blue background.",
    "A dog catches a frisbee on the beach.", "An old man plays the violin in a crowded subway station.",
    "Time-lapse of clouds over a mountain range at sunset.", "A cat knocks a glass of water off the table.",
    "Aerial shot of a highway interchange at night.", "A chef slices onions very quickly.",
    "Children fly kites in a park.", "A robot arm assembles a car door in a factory.",
    "Waves crash against black rocks; seagulls circle above.", "A woman in a yellow raincoat crosses the street.",
    "Close-up of a hummingbird feeding from a flower.", "A soccer player scores a penalty and the crowd cheers.",
    "A steam train crosses a stone viaduct.", "Snow falls on an empty playground.",
    "A skateboarder does a kickflip down ten stairs.", "A violet triangle zooms in over a fractal background.",
]
STATES = [CAPTIONS[0], CAPTIONS[1], "中文字符 and english中文mixed"]


def tokenizer(folder):
    reference = tokenizers.BertWordPieceTokenizer(str(folder / "vocab.txt"), lowercase=True)
    reference.enable_truncation(256)
    return reference


def network(folder):
    configuration = transformers.BertConfig.from_json_file(folder / "config.json")
    configuration._attn_implementation = "eager"
    model = transformers.BertModel(configuration, add_pooling_layer=False).eval()
    weights = {k: v.float() for k, v in load_file(folder / "model.safetensors").items()}
    missing, _ = model.load_state_dict(weights, strict=False)
    assert all("position_ids" in name or "token_type_ids" in name for name in missing), missing
    return model


def run(folder, texts):
    """The ids, last states [L, E] and sentence embedding [E] of each text."""
    reference, model = tokenizer(folder), network(folder)
    limit = model.config.max_position_embeddings
    result = []
    for text in texts:
        ids = reference.encode(text).ids
        with torch.no_grad():
            states = model(torch.tensor([ids[:limit]])).last_hidden_state[0]
        result.append((ids, states, torch.nn.functional.normalize(states.mean(0), dim=0)))
    return result


def make_tiny():
    """A random BERT with the letters, digits and marks of ASCII and some pieces as its words."""
    tiny.mkdir(exist_ok=True)
    letters = string.ascii_lowercase + string.digits
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + list(letters) + ["##" + c for c in letters]
    words += list(string.punctuation) + "the red ball roll ##s ##ll hello world ##ing cafe cyan square".split()
    words += ["日", "本", "中", "国", "ᄒ", "##ᅡ", "##ᆫ", "—", "。", "σ", "##σ", "½", "€"]
    (tiny / "vocab.txt").write_text("\n".join(words) + "\n")
    configuration = transformers.BertConfig(
        vocab_size=len(words), hidden_size=24, num_hidden_layers=2, num_attention_heads=3,
        intermediate_size=40, max_position_embeddings=256, type_vocab_size=2, layer_norm_eps=1e-12)
    kept = ["hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "vocab_size",
            "max_position_embeddings", "type_vocab_size", "layer_norm_eps", "hidden_act"]
    text = json.dumps({k: getattr(configuration, k) for k in kept}, indent=2)
    (tiny / "config.json").write_text(text + "\n")
    torch.manual_seed(11)
    model = transformers.BertModel(configuration, add_pooling_layer=False)
    weights = {}
    for name, value in model.state_dict().items():
        scale = 0.1 if name.endswith("bias") else value.shape[-1] ** -0.5 if value.dim() == 2 else 0.2
        offset = 1 if name.endswith("LayerNorm.weight") else 0
        weights[name] = (offset + scale * torch.randn(value.shape)).half()
    save_file(weights, tiny / "model.safetensors")


def unicode_digests():
    """Per plane, SHA-256 over the words that each character gives between two letters."""
    reference = tokenizer(full)
    digests = []
    for plane in range(17):
        digest = hashlib.sha256()
        for code in range(plane << 16, (plane + 1) << 16):
            if not 0xD800 <= code < 0xE000:
                text = reference.normalizer.normalize_str("a" + chr(code) + "b")
                words = [word for word, _ in reference.pre_tokenizer.pre_tokenize_str(text)]
                digest.update("\n".join(words).encode() + b"\0")
        digests.append(digest.hexdigest())
    return digests


make_tiny()
texts = HARD + CAPTIONS
tensors = {}
fixture = {"texts": texts, "states": [texts.index(text) for text in STATES]}
for name, folder in [("tiny", tiny), ("full", full)]:
    results = run(folder, texts)
    fixture[name] = [ids for ids, _, _ in results]
    tensors[name + ".sentences"] = torch.stack([sentence for _, _, sentence in results])
    for index in fixture["states"]:
        tensors[f"{name}.states.{index}"] = results[index][1].contiguous()
fixture["planes"] = unicode_digests()
lines = ",\n".join(f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in fixture.items())
(here / "text.json").write_text("{" + lines + "}\n")
save_file(tensors, here / "text.safetensors")
print(len(texts), "texts", [f"{p.name} {p.stat().st_size}" for p in [here / "text.json", here / "text.safetensors"]])
