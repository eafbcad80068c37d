using System.Net;
using Scriban;
using Scriban.Parsing;
using Scriban.Runtime;

namespace OpenConfirm.Report;

/// <summary>
/// A Scriban template whose every value passes an encoder on its way out. The encoder sits below the template language, so
/// a template cannot forget it.
/// </summary>
internal sealed class TemplateFile
{
    private readonly Template _template;
    private readonly Func<string, string> _encode;

    private TemplateFile(Template template, Func<string, string> encode)
    {
        _template = template;
        _encode = encode;
    }

    /// <summary>A template whose values come out as harmless plain text.</summary>
    public static TemplateFile Text(string path) => Load(path, PlainText.Encode);

    /// <summary>A template whose values come out as text of HTML, good for content and quoted attributes.</summary>
    public static TemplateFile Html(string path) => Load(path, s => WebUtility.HtmlEncode(PlainText.Encode(s)));

    /// <summary>Fills the template with a view's properties; the names are those of Scriban (NewMore is new_more).</summary>
    public string Render(object view)
    {
        var names = new ScriptObject();
        names.Import(view);
        var context = new EncodingContext(_encode) { StrictVariables = true, LoopLimit = 100_000, LimitToString = 0, NewLine = "\n" };
        context.PushGlobal(names);
        return _template.Render(context);
    }

    private static TemplateFile Load(string path, Func<string, string> encode)
    {
        var template = Template.Parse(File.ReadAllText(path), path);
        return template.HasErrors
            ? throw new InvalidOperationException($"The template {path} cannot be read: {string.Join("; ", template.Messages)}")
            : new TemplateFile(template, encode);
    }

    private sealed class EncodingContext(Func<string, string> encode) : TemplateContext
    {
        public override TemplateContext Write(SourceSpan span, object? textAsObject)
        {
            if (textAsObject is not null)
                Write(encode(ObjectToString(textAsObject) ?? ""));
            return this;
        }
    }
}
