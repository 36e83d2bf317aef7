<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
 <context>
  <name />
  <message>
   <source>"{name}" is no field</source>
   <translation>“{name}”不是字段</translation>
  </message>
  <message>
   <source>"{unit}" is no unit of {field}</source>
   <translation>“{unit}”不是 {field} 的单位</translation>
  </message>
  <message>
   <source>&amp;Edit</source>
   <translation>编辑(&amp;E)</translation>
  </message>
  <message>
   <source>&amp;File</source>
   <translation>文件(&amp;F)</translation>
  </message>
  <message>
   <source>&amp;Help</source>
   <translation>帮助(&amp;H)</translation>
  </message>
  <message>
   <source>&amp;Request</source>
   <translation>请求(&amp;R)</translation>
  </message>
  <message>
   <source>&amp;Service</source>
   <translation>服务(&amp;S)</translation>
  </message>
  <message>
   <source>&amp;View</source>
   <translation>视图(&amp;V)</translation>
  </message>
  <message>
   <source>'100-continue' asks before the body is sent.</source>
   <translation>“100-continue”在发送正文之前先询问。</translation>
  </message>
  <message>
   <source>'no' keeps nginx from collecting a stream before it passes it on.</source>
   <translation>“no”使 nginx 不会先收集流再转发。</translation>
  </message>
  <message>
   <source>'retry:' takes decimal digits and nothing else: milliseconds.</source>
   <translation>“retry:”只接受十进制数字：毫秒。</translation>
  </message>
  <message>
   <source>'{entry}' does not say how to resolve a name.</source>
   <translation>“{entry}”没有说明如何解析名称。</translation>
  </message>
  <message>
   <source>'{given}' is no number for '{key}'.</source>
   <translation>“{given}”不是“{key}”的有效数字。</translation>
  </message>
  <message>
   <source>'{header}' is no header</source>
   <translation>“{header}”不是头部</translation>
  </message>
  <message>
   <source>'{host}' is not a host name.</source>
   <translation>“{host}”不是主机名。</translation>
  </message>
  <message>
   <source>'{how}' is no way to reconnect.</source>
   <translation>“{how}”不是有效的重连方式。</translation>
  </message>
  <message>
   <source>'{kind}' is not known to this version.</source>
   <translation>此版本不认识“{kind}”。</translation>
  </message>
  <message>
   <source>'{line}' is no IP address and no network such as 10.0.0.0/8.</source>
   <translation>“{line}”不是 IP 地址，也不是 10.0.0.0/8 这样的网段。</translation>
  </message>
  <message>
   <source>'{method}' is not a method.</source>
   <translation>“{method}”不是有效的方法。</translation>
  </message>
  <message>
   <source>'{name}' cannot be a dialect's name.</source>
   <translation>“{name}”不能作为方言的名称。</translation>
  </message>
  <message>
   <source>'{name}' failed: {cause}</source>
   <translation>“{name}”失败：{cause}</translation>
  </message>
  <message>
   <source>'{name}' in {file} is no table: it is left alone.</source>
   <translation>{file} 中的“{name}”不是表：保持不动。</translation>
  </message>
  <message>
   <source>'{name}' is gone: it was deleted.</source>
   <translation>“{name}”已不存在：它被删除了。</translation>
  </message>
  <message>
   <source>'{name}' is no name of a variable.</source>
   <translation>“{name}”不是变量名。</translation>
  </message>
  <message>
   <source>'{name}' is no name: up to 64 letters, digits, _, - and ., the first of them no digit.</source>
   <translation>“{name}”不是有效的名称：最多 64 个字母、数字、_、- 和 .，且不能以数字开头。</translation>
  </message>
  <message>
   <source>'{name}' is no platform that has projects.</source>
   <translation>“{name}”不是具有项目的平台。</translation>
  </message>
  <message>
   <source>'{name}' is not a header's name.</source>
   <translation>“{name}”不是有效的头部名称。</translation>
  </message>
  <message>
   <source>'{name}' is still {status} after {seconds} s.</source>
   <translation>{seconds} 秒后“{name}”仍为 {status}。</translation>
  </message>
  <message>
   <source>'{name}' was not deleted: {reason}</source>
   <translation>“{name}”没有被删除：{reason}</translation>
  </message>
  <message>
   <source>'{part}' is no limit.</source>
   <translation>“{part}”不是限制。</translation>
  </message>
  <message>
   <source>'{path}' is no whole path.</source>
   <translation>“{path}”不是完整路径。</translation>
  </message>
  <message>
   <source>'{path}' is not a JSONPath: {reason}, at character {at}.</source>
   <translation>“{path}”不是 JSONPath：{reason}，位于第 {at} 个字符。</translation>
  </message>
  <message>
   <source>'{scheme}' is not a scheme that can be called.</source>
   <translation>“{scheme}”不是可调用的协议。</translation>
  </message>
  <message>
   <source>'{text}' is not a URL that can be called.</source>
   <translation>“{text}”不是可调用的 URL。</translation>
  </message>
  <message>
   <source>'{unit}' is no unit for {name}.</source>
   <translation>“{unit}”不是 {name} 的单位。</translation>
  </message>
  <message>
   <source>'{url}' is not like https://DOMAIN/PATH, with http, https, ws or wss.</source>
   <translation>“{url}”的形式不是 https://DOMAIN/PATH（http、https、ws 或 wss）。</translation>
  </message>
  <message>
   <source>'{user}' is the account itself. The password of a HUAWEI ID never gets a token: create an IAM user in the IAM console (Users, with programmatic access and a password), and sign in with its name and password.</source>
   <translation>“{user}”是账号本身。华为帐号的密码无法获取 Token：请在 IAM 控制台创建 IAM 用户（“用户”，勾选编程访问并设置密码），再以其用户名和密码登录。</translation>
  </message>
  <message>
   <source>'{value}' is neither true nor false.</source>
   <translation>“{value}”既不是 true 也不是 false。</translation>
  </message>
  <message>
   <source>'{value}' is no number.</source>
   <translation>“{value}”不是数字。</translation>
  </message>
  <message>
   <source>'{value}' is none of: {known}.</source>
   <translation>“{value}”不在可选值中：{known}。</translation>
  </message>
  <message>
   <source>(counted when it is sent)</source>
   <translation>（发送时计算）</translation>
  </message>
  <message>
   <source>(from the address)</source>
   <translation>（取自地址）</translation>
  </message>
  <message>
   <source>(made when it is sent)</source>
   <translation>（发送时生成）</translation>
  </message>
  <message>
   <source>(t(c[i]) − t(c[i−1])) ÷ tokens in c[i]</source>
   <translation>(t(c[i]) − t(c[i−1])) ÷ c[i] 中的 token 数</translation>
  </message>
  <message>
   <source>(t(cm) − t(c1)) ÷ (n − n1), n = {n}, n1 = {first}</source>
   <translation>(t(cm) − t(c1)) ÷ (n − n1)，n = {n}，n1 = {first}</translation>
  </message>
  <message>
   <source>(the credential)</source>
   <translation>（凭据）</translation>
  </message>
  <message>
   <source>(what the host has set)</source>
   <translation>（主机设置的内容）</translation>
  </message>
  <message>
   <source>(yours)</source>
   <translation>（您的）</translation>
  </message>
  <message>
   <source>, asking for what comes after event {id}</source>
   <translation>，并请求事件 {id} 之后的内容</translation>
  </message>
  <message>
   <source>0 to 20. Each one shows with what it answered.</source>
   <translation>0 到 20。每次重定向都会显示其响应。</translation>
  </message>
  <message>
   <source>1 minute to 7 days; empty: it runs until it is stopped.</source>
   <translation>1 分钟到 7 天；为空则一直运行到被停止。</translation>
  </message>
  <message>
   <source>1 second</source>
   <translation>1 秒</translation>
  </message>
  <message>
   <source>1 to 128</source>
   <translation>1 到 128</translation>
  </message>
  <message>
   <source>1 to 128.</source>
   <translation>1 到 128。</translation>
  </message>
  <message>
   <source>1 to 24</source>
   <translation>1 到 24</translation>
  </message>
  <message>
   <source>1 to 3, in a dedicated pool</source>
   <translation>1 到 3，用于专属资源池</translation>
  </message>
  <message>
   <source>1 to 300.</source>
   <translation>1 到 300。</translation>
  </message>
  <message>
   <source>1 to 50.</source>
   <translation>1 到 50。</translation>
  </message>
  <message>
   <source>1 to 64 characters</source>
   <translation>1 到 64 个字符</translation>
  </message>
  <message>
   <source>1 to 64 letters, Chinese characters, digits, - and _</source>
   <translation>1 到 64 个字母、汉字、数字、- 和 _</translation>
  </message>
  <message>
   <source>1 to 64 letters, Chinese characters, digits, - and _ make a name.</source>
   <translation>名称由 1 到 64 个字母、汉字、数字、- 和 _ 组成。</translation>
  </message>
  <message>
   <source>1 to 64 letters, digits, - and _</source>
   <translation>1 到 64 个字母、数字、- 和 _</translation>
  </message>
  <message>
   <source>1 to 64 letters, digits, Chinese characters, - and _ are possible.</source>
   <translation>只能是 1 到 64 个字母、数字、汉字、- 和 _。</translation>
  </message>
  <message>
   <source>1 to 64 letters, digits, Chinese characters, - and _; no other service may have it.</source>
   <translation>1 到 64 个字母、数字、汉字、- 和 _；不能与其他服务重名。</translation>
  </message>
  <message>
   <source>1 ÷ time for one token</source>
   <translation>1 ÷ 单个 token 的时间</translation>
  </message>
  <message>
   <source>1.0.0 to 99.99.99.</source>
   <translation>1.0.0 到 99.99.99。</translation>
  </message>
  <message>
   <source>1.0.0 to 99.99.99; the next one is taken where it is left as it is.</source>
   <translation>1.0.0 到 99.99.99；保持不变则使用下一版本。</translation>
  </message>
  <message>
   <source>10</source>
   <translation>10</translation>
  </message>
  <message>
   <source>100 characters at most</source>
   <translation>最多 100 个字符</translation>
  </message>
  <message>
   <source>120</source>
   <translation>120</translation>
  </message>
  <message>
   <source>16 random bytes in base64; they name this handshake and are no secret.</source>
   <translation>16 个随机字节，base64 编码；用于标识此次握手，不是机密。</translation>
  </message>
  <message>
   <source>200 characters at most</source>
   <translation>最多 200 个字符</translation>
  </message>
  <message>
   <source>40 ms is TCP's delayed acknowledgement: the server should set TCP_NODELAY.</source>
   <translation>40 毫秒是 TCP 的延迟确认：服务器应设置 TCP_NODELAY。</translation>
  </message>
  <message>
   <source>; the answer names {headers}</source>
   <translation>；响应中出现了 {headers}</translation>
  </message>
  <message>
   <source>A Python file with predict(inputs)</source>
   <translation>带有 predict(inputs) 的 Python 文件</translation>
  </message>
  <message>
   <source>A URL has {count} characters; 1024 are possible.</source>
   <translation>有一个 URL 含 {count} 个字符；最多 1024 个。</translation>
  </message>
  <message>
   <source>A URL looks like https://host:port/path.</source>
   <translation>URL 形如 https://host:port/path。</translation>
  </message>
  <message>
   <source>A VPC and its subnet</source>
   <translation>VPC 及其子网</translation>
  </message>
  <message>
   <source>A WebSocket handshake has no body: it was left out. Send it as a message.</source>
   <translation>WebSocket 握手没有正文：已省略。请将其作为消息发送。</translation>
  </message>
  <message>
   <source>A backslash in front takes a sign as it is.</source>
   <translation>在前面加反斜杠可按字面匹配该符号。</translation>
  </message>
  <message>
   <source>A buffering proxy on the way: switch its buffering off (nginx: 'X-Accel-Buffering: no').</source>
   <translation>途中有缓冲的代理：请关闭其缓冲（nginx：“X-Accel-Buffering: no”）。</translation>
  </message>
  <message>
   <source>A certificate ends soon ({ends}).</source>
   <translation>有证书即将到期（{ends}）。</translation>
  </message>
  <message>
   <source>A character was split between two reads.</source>
   <translation>一个字符被拆在两次读取之间。</translation>
  </message>
  <message>
   <source>A command must not contain {character}.</source>
   <translation>命令中不能包含 {character}。</translation>
  </message>
  <message>
   <source>A command that listens on $PORT</source>
   <translation>监听 $PORT 的命令</translation>
  </message>
  <message>
   <source>A connection comes from a VPC and a subnet of it, or from a resource pool.</source>
   <translation>连接来自 VPC 及其子网，或来自资源池。</translation>
  </message>
  <message>
   <source>A connection is answered with APPROVE, REJECT, CANCEL or RETRY.</source>
   <translation>答复连接时使用 APPROVE、REJECT、CANCEL 或 RETRY。</translation>
  </message>
  <message>
   <source>A content filter, the server's own batching or a proxy releases them in blocks.</source>
   <translation>内容过滤、服务器自身的批处理或代理会成块地放行。</translation>
  </message>
  <message>
   <source>A cookie may be what the server waits for: let cookies be sent, or call the last address itself.</source>
   <translation>服务器可能在等待 Cookie：请允许发送 Cookie，或直接调用最终地址。</translation>
  </message>
  <message>
   <source>A deployment ends stopped; an update leaves what ran before.</source>
   <translation>首次部署会以停止结束；更新则保留之前运行的内容。</translation>
  </message>
  <message>
   <source>A firewall or a missing route may swallow it: from outside a VPC its addresses cannot be reached.</source>
   <translation>防火墙或缺失的路由可能将其丢弃：VPC 的地址无法从外部到达。</translation>
  </message>
  <message>
   <source>A form's part is written name=value; this one has no '='.</source>
   <translation>表单部分写作 name=value；此处没有“=”。</translation>
  </message>
  <message>
   <source>A gateway got no good answer.</source>
   <translation>网关没有得到正常的响应。</translation>
  </message>
  <message>
   <source>A gateway waited too long for the model.</source>
   <translation>网关等待模型的时间过长。</translation>
  </message>
  <message>
   <source>A gateway's time limit, a crash of the model or a proxy on the way may have cut it.</source>
   <translation>可能是网关的时间限制、模型崩溃或途中的代理切断了它。</translation>
  </message>
  <message>
   <source>A growing time doubles with each try, up to 60 s; up to half of it is taken off by chance.</source>
   <translation>递增时间每次尝试加倍，最长 60 s；其中最多一半随机减去。</translation>
  </message>
  <message>
   <source>A header is written 'Name: value'.</source>
   <translation>头部写作“Name: value”。</translation>
  </message>
  <message>
   <source>A header whose name begins with a colon was left out: HTTP/2 makes those itself.</source>
   <translation>名称以冒号开头的头部已省略：HTTP/2 会自行生成。</translation>
  </message>
  <message>
   <source>A header without a colon was left out, as curl does.</source>
   <translation>没有冒号的头部已省略，与 curl 一致。</translation>
  </message>
  <message>
   <source>A key that proves who asks.</source>
   <translation>用于证明请求者身份的密钥。</translation>
  </message>
  <message>
   <source>A key's description has up to 256 characters, none of ! &lt; &gt; = &amp; ' and ".</source>
   <translation>API Key 的描述最多 256 个字符，不含 ! &lt; &gt; = &amp; ' 和 "。</translation>
  </message>
  <message>
   <source>A key's name has 1 to 64 letters, digits, Chinese characters, - and _.</source>
   <translation>API Key 的名称为 1 到 64 个字母、数字、汉字、- 和 _。</translation>
  </message>
  <message>
   <source>A key's scope is USER or SERVICE.</source>
   <translation>API Key 的范围为 USER 或 SERVICE。</translation>
  </message>
  <message>
   <source>A large body</source>
   <translation>大正文</translation>
  </message>
  <message>
   <source>A later Streamscope wrote it.</source>
   <translation>由更新的 Streamscope 写入。</translation>
  </message>
  <message>
   <source>A line of the event stream is ignored by the rules: {line}</source>
   <translation>按规则，事件流中的一行被忽略：{line}</translation>
  </message>
  <message>
   <source>A long prompt, a queue, or a model that is being loaded.</source>
   <translation>提示过长、排队，或模型正在加载。</translation>
  </message>
  <message>
   <source>A longer time between two reads can be set in the draft's limits; 0 waits without end.</source>
   <translation>可在请求的限制中设置更长的读取间隔；0 表示无限等待。</translation>
  </message>
  <message>
   <source>A mandatory parameter is empty.</source>
   <translation>必填参数为空。</translation>
  </message>
  <message>
   <source>A message came in {n} fragments.</source>
   <translation>一条消息分 {n} 个分片到达。</translation>
  </message>
  <message>
   <source>A message has {size} bytes; many programs take 1,048,576 at most.</source>
   <translation>某条消息有 {size} 字节；许多程序最多接受 1,048,576 字节。</translation>
  </message>
  <message>
   <source>A message of {size} bytes came in {n} frames of 64 KB: the gateway splits larger ones.</source>
   <translation>一条 {size} 字节的消息分 {n} 个 64 KB 的帧到达：网关会拆分更大的消息。</translation>
  </message>
  <message>
   <source>A message that is to be sent as text is no UTF-8 (byte {at}).</source>
   <translation>应以文本发送的消息不是 UTF-8（第 {at} 字节）。</translation>
  </message>
  <message>
   <source>A name for what runs: 1 to 64 letters, digits, Chinese characters, - and _.</source>
   <translation>运行内容的名称：1 到 64 个字母、数字、汉字、- 和 _。</translation>
  </message>
  <message>
   <source>A name has no line breaks, and no blanks around it.</source>
   <translation>名称不能含有换行，首尾也不能有空白。</translation>
  </message>
  <message>
   <source>A name has {most} characters at most; this one has {count}.</source>
   <translation>名称最多 {most} 个字符；此名称有 {count} 个。</translation>
  </message>
  <message>
   <source>A name is missing.</source>
   <translation>缺少名称。</translation>
  </message>
  <message>
   <source>A name of a VPC is known only inside it: name the endpoint's address in the workspace, or with --resolve {host}:{port}:ADDRESS. Otherwise check the spelling and the network.</source>
   <translation>VPC 的名称只在其内部可知：请在工作区中写明终端节点的地址，或使用 --resolve {host}:{port}:ADDRESS。否则请检查拼写和网络。</translation>
  </message>
  <message>
   <source>A number of seconds is meant; 0 is no limit.</source>
   <translation>应为秒数；0 表示无限制。</translation>
  </message>
  <message>
   <source>A number of {least} or more.</source>
   <translation>不小于 {least} 的数字。</translation>
  </message>
  <message>
   <source>A parameter is wrong.</source>
   <translation>参数错误。</translation>
  </message>
  <message>
   <source>A parameter of the request is wrong.</source>
   <translation>请求的参数有误。</translation>
  </message>
  <message>
   <source>A part comes from standard input, which the command does not tell.</source>
   <translation>有一部分来自标准输入，命令中没有其内容。</translation>
  </message>
  <message>
   <source>A part's setting '{key}' was left out.</source>
   <translation>部分的设置“{key}”已省略。</translation>
  </message>
  <message>
   <source>A path begins with $ and goes on like $.choices[0].delta.content.</source>
   <translation>路径以 $ 开头，例如 $.choices[0].delta.content。</translation>
  </message>
  <message>
   <source>A path begins with / and has letters, digits, -, _, / and :.</source>
   <translation>路径以 / 开头，由字母、数字、-、_、/ 和 : 组成。</translation>
  </message>
  <message>
   <source>A path such as /health, or for a command the command line.</source>
   <translation>/health 这样的路径；若为命令，则填写命令行。</translation>
  </message>
  <message>
   <source>A ping was answered after {span}.</source>
   <translation>ping 在 {span} 后得到应答。</translation>
  </message>
  <message>
   <source>A ping was never answered.</source>
   <translation>一个 ping 始终没有得到应答。</translation>
  </message>
  <message>
   <source>A ping, and a close reason, have 125 bytes at most; not every close code may be sent.</source>
   <translation>ping 和关闭原因最多 125 字节；并非每个关闭代码都可发送。</translation>
  </message>
  <message>
   <source>A proxy may have broken it, or an error came without 'data:' in front.</source>
   <translation>可能是代理破坏了它，或错误前面缺少“data:”。</translation>
  </message>
  <message>
   <source>A proxy of the kind '{scheme}' cannot be used.</source>
   <translation>无法使用类型为“{scheme}”的代理。</translation>
  </message>
  <message>
   <source>A proxy of the kind '{scheme}' is not supported: it was left out.</source>
   <translation>不支持“{scheme}”类型的代理：已省略。</translation>
  </message>
  <message>
   <source>A proxy on the way may have changed the type or the body.</source>
   <translation>途中的代理可能更改了类型或正文。</translation>
  </message>
  <message>
   <source>A proxy's address begins with http:// or https://.</source>
   <translation>代理地址以 http:// 或 https:// 开头。</translation>
  </message>
  <message>
   <source>A quota is used up.</source>
   <translation>配额已用完。</translation>
  </message>
  <message>
   <source>A random value for this handshake; the answer must hold its digest. It is no secret.</source>
   <translation>此次握手的随机值；响应必须含其摘要。它不是机密。</translation>
  </message>
  <message>
   <source>A reason needs a code before it.</source>
   <translation>原因之前须有代码。</translation>
  </message>
  <message>
   <source>A reconnection time is ignored, since it is no number: {line}</source>
   <translation>重连时间被忽略，因为它不是数字：{line}</translation>
  </message>
  <message>
   <source>A repetition of a repetition may take for ever</source>
   <translation>对重复再作重复可能永远不会结束</translation>
  </message>
  <message>
   <source>A resource pool</source>
   <translation>资源池</translation>
  </message>
  <message>
   <source>A saved draft is a YAML file of names and values, as Streamscope writes it.</source>
   <translation>保存的请求是由名称和值组成的 YAML 文件，如 Streamscope 所写。</translation>
  </message>
  <message>
   <source>A service has {count} models at most.</source>
   <translation>一个服务最多有 {count} 个模型。</translation>
  </message>
  <message>
   <source>A service of this name exists already.</source>
   <translation>同名服务已存在。</translation>
  </message>
  <message>
   <source>A service that is there cannot be deployed: update it.</source>
   <translation>已存在的服务不能再次部署：请更新它。</translation>
  </message>
  <message>
   <source>A service that speaks WebSocket cannot go back: deploy a new one.</source>
   <translation>使用 WebSocket 的服务无法改回：请部署新的服务。</translation>
  </message>
  <message>
   <source>A stopped service cannot be changed: start it first.</source>
   <translation>已停止的服务不能更改：请先启动。</translation>
  </message>
  <message>
   <source>A temporary key is sent in another way.</source>
   <translation>临时 API Key 以其他方式发送。</translation>
  </message>
  <message>
   <source>A temporary key lives for 1 to 24 hours.</source>
   <translation>临时 API Key 的有效期为 1 到 24 小时。</translation>
  </message>
  <message>
   <source>A text of the draft holds half a character (U+{code}), which cannot be sent.</source>
   <translation>请求中的某段文本含有半个字符（U+{code}），无法发送。</translation>
  </message>
  <message>
   <source>A time has a unit</source>
   <translation>时间须带单位</translation>
  </message>
  <message>
   <source>A user and a password do not belong into a URL: it is shown and kept.</source>
   <translation>URL 中不应含有用户名和密码：它会被显示和保存。</translation>
  </message>
  <message>
   <source>A value that the server wants back with later requests.</source>
   <translation>服务器希望在后续请求中带回的值。</translation>
  </message>
  <message>
   <source>A variable has no name.</source>
   <translation>有变量没有名称。</translation>
  </message>
  <message>
   <source>A whole number from 0 to {most} is meant.</source>
   <translation>应为 0 到 {most} 的整数。</translation>
  </message>
  <message>
   <source>A whole number from {least} to {most}.</source>
   <translation>{least} 到 {most} 的整数。</translation>
  </message>
  <message>
   <source>A whole number.</source>
   <translation>整数。</translation>
  </message>
  <message>
   <source>AK/SK signature</source>
   <translation>AK/SK 签名</translation>
  </message>
  <message>
   <source>API key</source>
   <translation>API Key</translation>
  </message>
  <message>
   <source>API keys…</source>
   <translation>管理 API Key…</translation>
  </message>
  <message>
   <source>About Streamscope</source>
   <translation>关于 Streamscope</translation>
  </message>
  <message>
   <source>Access</source>
   <translation>访问</translation>
  </message>
  <message>
   <source>Access key (AK)</source>
   <translation>访问密钥（AK）</translation>
  </message>
  <message>
   <source>Access matrix</source>
   <translation>访问矩阵</translation>
  </message>
  <message>
   <source>Access to this API is denied.</source>
   <translation>对该 API 的访问被拒绝。</translation>
  </message>
  <message>
   <source>Account</source>
   <translation>账号</translation>
  </message>
  <message>
   <source>Add a model package…</source>
   <translation>添加模型包…</translation>
  </message>
  <message>
   <source>Add a service by its URL…</source>
   <translation>按 URL 添加服务…</translation>
  </message>
  <message>
   <source>Add it to another workspace, or leave the workspace out.</source>
   <translation>请添加到其他工作区，或不指定工作区。</translation>
  </message>
  <message>
   <source>Added by itself.</source>
   <translation>自动添加。</translation>
  </message>
  <message>
   <source>Added by the authentication '{auth}'.</source>
   <translation>由认证“{auth}”添加。</translation>
  </message>
  <message>
   <source>Address</source>
   <translation>地址</translation>
  </message>
  <message>
   <source>Addresses by hand</source>
   <translation>手动填写的地址</translation>
  </message>
  <message>
   <source>After a fixed time</source>
   <translation>固定时间后</translation>
  </message>
  <message>
   <source>After a growing time, with jitter</source>
   <translation>递增时间后，带抖动</translation>
  </message>
  <message>
   <source>After a regular expression only i can stand</source>
   <translation>正则表达式之后只能跟 i</translation>
  </message>
  <message>
   <source>After the last token</source>
   <translation>最后一个 token 之后</translation>
  </message>
  <message>
   <source>All content came in one read: the times say when it arrived, not when it was made.</source>
   <translation>全部内容在一次读取中到达：时间表示到达的时刻，而不是生成的时刻。</translation>
  </message>
  <message>
   <source>All services of its dispatcher</source>
   <translation>其调度器的所有服务</translation>
  </message>
  <message>
   <source>All weights together are {total}; they must be 100.</source>
   <translation>所有权重合计为 {total}；必须为 100。</translation>
  </message>
  <message>
   <source>Allow Streamscope to use it in the system's own password program; or type the secret here.</source>
   <translation>请在系统的密码程序中允许 Streamscope 使用它；或在此输入机密。</translation>
  </message>
  <message>
   <source>Amazon Bedrock Converse</source>
   <translation>Amazon Bedrock Converse</translation>
  </message>
  <message>
   <source>An alias or a router may stand between: check that this is the model that is meant.</source>
   <translation>中间可能有别名或路由：请确认这就是想要的模型。</translation>
  </message>
  <message>
   <source>An embedded platform on this machine, to try everything offline.</source>
   <translation>本机上的嵌入式平台，可离线试用一切。</translation>
  </message>
  <message>
   <source>An empty line ends the headers.</source>
   <translation>空行结束头部。</translation>
  </message>
  <message>
   <source>An entry of --connect-to names no host to connect to: it was left out.</source>
   <translation>--connect-to 的一个条目没有要连接的主机：已省略。</translation>
  </message>
  <message>
   <source>An entry of --resolve names no address: it was left out.</source>
   <translation>--resolve 的一个条目没有地址：已省略。</translation>
  </message>
  <message>
   <source>An environment has a name.</source>
   <translation>环境必须有名称。</translation>
  </message>
  <message>
   <source>An event stream was asked for, but {type} came.</source>
   <translation>请求的是事件流，但返回的是 {type}。</translation>
  </message>
  <message>
   <source>An event was sent again, or the stream was resumed too early: it may be counted twice.</source>
   <translation>某个事件被重复发送，或流恢复得过早：可能被计算两次。</translation>
  </message>
  <message>
   <source>An event was sent again: text assembled from both holds it twice.</source>
   <translation>某个事件被重复发送：由两者拼合的文本会重复。</translation>
  </message>
  <message>
   <source>An event's id is ignored, since it holds a NUL character.</source>
   <translation>事件的 id 被忽略，因为其中含有 NUL 字符。</translation>
  </message>
  <message>
   <source>An instance that fails it gets no calls.</source>
   <translation>未通过检查的实例不会收到调用。</translation>
  </message>
  <message>
   <source>An instance that fails it is restarted.</source>
   <translation>未通过检查的实例会被重启。</translation>
  </message>
  <message>
   <source>An old header for proxies, without a meaning today.</source>
   <translation>用于代理的旧头部，如今没有意义。</translation>
  </message>
  <message>
   <source>An upgrade of plain HTTP to HTTP/2 is not made: the call uses HTTP/1.1.</source>
   <translation>不支持从明文 HTTP 升级到 HTTP/2：调用使用 HTTP/1.1。</translation>
  </message>
  <message>
   <source>Answer beside or below</source>
   <translation>响应在旁或在下</translation>
  </message>
  <message>
   <source>Answer pings</source>
   <translation>应答 ping</translation>
  </message>
  <message>
   <source>Answers 2xx once it is ready, for example /health.</source>
   <translation>就绪后应答 2xx，例如 /health。</translation>
  </message>
  <message>
   <source>Answers kept open</source>
   <translation>保持打开的响应数</translation>
  </message>
  <message>
   <source>Anthropic messages</source>
   <translation>Anthropic messages</translation>
  </message>
  <message>
   <source>Any</source>
   <translation>任意</translation>
  </message>
  <message>
   <source>Any URL is a service: an OpenAI-compatible server, a container, a gateway.</source>
   <translation>任何 URL 都是服务：OpenAI 兼容服务器、容器、网关。</translation>
  </message>
  <message>
   <source>App authentication</source>
   <translation>App 认证</translation>
  </message>
  <message>
   <source>App code</source>
   <translation>AppCode</translation>
  </message>
  <message>
   <source>App signature</source>
   <translation>App 签名</translation>
  </message>
  <message>
   <source>AppKey</source>
   <translation>AppKey</translation>
  </message>
  <message>
   <source>AppKey alone</source>
   <translation>仅 AppKey</translation>
  </message>
  <message>
   <source>AppKey or AppSecret is wrong.</source>
   <translation>AppKey 或 AppSecret 错误。</translation>
  </message>
  <message>
   <source>AppSecret</source>
   <translation>AppSecret</translation>
  </message>
  <message>
   <source>Appearance</source>
   <translation>外观</translation>
  </message>
  <message>
   <source>Applications</source>
   <translation>App</translation>
  </message>
  <message>
   <source>Approval</source>
   <translation>审批</translation>
  </message>
  <message>
   <source>Apps…</source>
   <translation>管理 App…</translation>
  </message>
  <message>
   <source>Architecture</source>
   <translation>架构</translation>
  </message>
  <message>
   <source>As in data:error or data~"err.r".</source>
   <translation>例如 data:error 或 data~"err.r"。</translation>
  </message>
  <message>
   <source>As in name:delta.</source>
   <translation>例如 name:delta。</translation>
  </message>
  <message>
   <source>As in t:2s..3s.</source>
   <translation>例如 t:2s..3s。</translation>
  </message>
  <message>
   <source>As in {example}.</source>
   <translation>例如 {example}。</translation>
  </message>
  <message>
   <source>As the container registry names it, such as swr.REGION.myhuaweicloud.com/GROUP/NAME:TAG.</source>
   <translation>按容器镜像仓库中的名称填写，例如 swr.REGION.myhuaweicloud.com/GROUP/NAME:TAG。</translation>
  </message>
  <message>
   <source>As the platform chooses</source>
   <translation>由平台选择</translation>
  </message>
  <message>
   <source>As the system</source>
   <translation>跟随系统</translation>
  </message>
  <message>
   <source>As the workspace says</source>
   <translation>按工作区设置</translation>
  </message>
  <message>
   <source>As ttft=500ms, tpot=40ms, itl_p99=100ms, e2e=10s.</source>
   <translation>例如 ttft=500ms, tpot=40ms, itl_p99=100ms, e2e=10s。</translation>
  </message>
  <message>
   <source>As usual</source>
   <translation>照常</translation>
  </message>
  <message>
   <source>Ascend</source>
   <translation>昇腾</translation>
  </message>
  <message>
   <source>Ascend chips</source>
   <translation>昇腾芯片</translation>
  </message>
  <message>
   <source>Ask for a code at each sign-in</source>
   <translation>每次登录时询问验证码</translation>
  </message>
  <message>
   <source>Ask for fewer tokens, or raise the service's timeout.</source>
   <translation>请减少 token 数量，或提高服务的超时。</translation>
  </message>
  <message>
   <source>Ask for fewer tokens, stream, or add instances.</source>
   <translation>请减少 token 数量、使用流式，或增加实例。</translation>
  </message>
  <message>
   <source>Ask for fewer tokens, use WebSocket, or a service of the new generation with its own limit.</source>
   <translation>请减少 token 数量，使用 WebSocket，或使用自带限制的新一代服务。</translation>
  </message>
  <message>
   <source>Ask for it once more.</source>
   <translation>请再次请求。</translation>
  </message>
  <message>
   <source>Ask for less, or stream.</source>
   <translation>请减少请求量，或使用流式。</translation>
  </message>
  <message>
   <source>Ask for less, send less at once, or look at the model's logs.</source>
   <translation>请减少请求量、减少并发，或查看模型的日志。</translation>
  </message>
  <message>
   <source>Ask for less, stream, or look at the model's logs.</source>
   <translation>请减少请求量、使用流式，或查看模型的日志。</translation>
  </message>
  <message>
   <source>Ask for the permission, or use the account of the service's owner.</source>
   <translation>请申请权限，或使用服务所有者的账号。</translation>
  </message>
  <message>
   <source>Ask its owner to release it.</source>
   <translation>请联系其所有者解冻。</translation>
  </message>
  <message>
   <source>Ask the account's administrator for it.</source>
   <translation>请向账号管理员申请。</translation>
  </message>
  <message>
   <source>Ask the platform's support why, and how it is released.</source>
   <translation>请向平台的技术支持询问原因，以及如何解冻。</translation>
  </message>
  <message>
   <source>Ask the service's owner for the permission.</source>
   <translation>请向服务所有者申请权限。</translation>
  </message>
  <message>
   <source>Ask without compression where times matter: send the header 'Accept-Encoding: identity'.</source>
   <translation>若关注时间，请不要压缩：发送头部“Accept-Encoding: identity”。</translation>
  </message>
  <message>
   <source>Ask without compression: send the header 'Accept-Encoding: identity'.</source>
   <translation>请不要压缩：发送头部“Accept-Encoding: identity”。</translation>
  </message>
  <message>
   <source>Asked for (SNI)</source>
   <translation>请求的名称（SNI）</translation>
  </message>
  <message>
   <source>Asks the proxy {proxy} for a tunnel first.</source>
   <translation>先请代理 {proxy} 建立隧道。</translation>
  </message>
  <message>
   <source>At least 0.01.</source>
   <translation>至少 0.01。</translation>
  </message>
  <message>
   <source>Authentication</source>
   <translation>认证</translation>
  </message>
  <message>
   <source>Authorise ModelArts (its agency) in the account's settings.</source>
   <translation>请在账号的设置中授权 ModelArts（其委托）。</translation>
  </message>
  <message>
   <source>Authorise an application: the service is registered with it.</source>
   <translation>请授权一个 App：服务会随之注册。</translation>
  </message>
  <message>
   <source>Authorise the applications once the service runs.</source>
   <translation>请在服务运行后授权 App。</translation>
  </message>
  <message>
   <source>Automatic</source>
   <translation>自动</translation>
  </message>
  <message>
   <source>Automatic pongs are switched off, or this program was too slow: the server may close.</source>
   <translation>自动 pong 已关闭，或本程序过慢：服务器可能会关闭连接。</translation>
  </message>
  <message>
   <source>Base64 of the SHA-1 of the key and the protocol's fixed text would be {value}.</source>
   <translation>Key 与协议固定文本的 SHA-1 的 base64 应为 {value}。</translation>
  </message>
  <message>
   <source>Base64 of the SHA-1 of the key and the protocol's fixed text: computed here, it is the same.</source>
   <translation>Key 与协议固定文本的 SHA-1 的 base64：已在此计算，一致。</translation>
  </message>
  <message>
   <source>Basic</source>
   <translation>Basic</translation>
  </message>
  <message>
   <source>Basics</source>
   <translation>基本信息</translation>
  </message>
  <message>
   <source>Bearer token</source>
   <translation>Bearer Token</translation>
  </message>
  <message>
   <source>Between messages</source>
   <translation>消息之间</translation>
  </message>
  <message>
   <source>Between messages (ITL), p50</source>
   <translation>消息之间（ITL），p50</translation>
  </message>
  <message>
   <source>Between messages (ITL), p90</source>
   <translation>消息之间（ITL），p90</translation>
  </message>
  <message>
   <source>Between messages (ITL), p95</source>
   <translation>消息之间（ITL），p95</translation>
  </message>
  <message>
   <source>Between messages (ITL), p99</source>
   <translation>消息之间（ITL），p99</translation>
  </message>
  <message>
   <source>Between reads</source>
   <translation>读取之间</translation>
  </message>
  <message>
   <source>Between reads with content</source>
   <translation>有内容的读取之间</translation>
  </message>
  <message>
   <source>Between tokens</source>
   <translation>token 之间</translation>
  </message>
  <message>
   <source>Between two reads</source>
   <translation>两次读取之间</translation>
  </message>
  <message>
   <source>Beyond these the oldest finished ones are closed; their recordings stay.</source>
   <translation>超过此数时关闭最旧的已结束响应；其记录仍保留。</translation>
  </message>
  <message>
   <source>Bind the App to the service in its authorisation.</source>
   <translation>请在授权中把 App 绑定到该服务。</translation>
  </message>
  <message>
   <source>Bind the App to the service.</source>
   <translation>请把 App 绑定到该服务。</translation>
  </message>
  <message>
   <source>Bind the key to the service.</source>
   <translation>请把密钥绑定到该服务。</translation>
  </message>
  <message>
   <source>Browsers and many clients refuse it: the server must say 'Content-Type: text/event-stream'.</source>
   <translation>浏览器和许多客户端会拒绝它：服务器必须返回“Content-Type: text/event-stream”。</translation>
  </message>
  <message>
   <source>Bursts</source>
   <translation>成批</translation>
  </message>
  <message>
   <source>By the caller's address</source>
   <translation>按调用方地址</translation>
  </message>
  <message>
   <source>Bytes received</source>
   <translation>收到的字节</translation>
  </message>
  <message>
   <source>Bytes received for one of text</source>
   <translation>每字节文本所收到的字节</translation>
  </message>
  <message>
   <source>CA file</source>
   <translation>CA 文件</translation>
  </message>
  <message>
   <source>CPU</source>
   <translation>CPU</translation>
  </message>
  <message>
   <source>CPU cores</source>
   <translation>CPU 核数</translation>
  </message>
  <message>
   <source>Call that address itself, if it is meant to have the secret.</source>
   <translation>如果确实要把机密交给该地址，请直接调用它。</translation>
  </message>
  <message>
   <source>Call the last address itself: each redirect costs a round trip.</source>
   <translation>请直接调用最终地址：每次重定向都要多一次往返。</translation>
  </message>
  <message>
   <source>Callers must use just this one. A WebSocket service has no rate limit.</source>
   <translation>调用方只能使用此协议。WebSocket 服务没有限流。</translation>
  </message>
  <message>
   <source>Calls that the instance is answering may be cut.</source>
   <translation>该实例正在应答的调用可能被切断。</translation>
  </message>
  <message>
   <source>Calls the URL that you type.</source>
   <translation>调用您输入的 URL。</translation>
  </message>
  <message>
   <source>Calls to it are refused until it is started again.</source>
   <translation>在重新启动之前，对它的调用会被拒绝。</translation>
  </message>
  <message>
   <source>Calls to them are refused until they are started again.</source>
   <translation>在重新启动之前，对它们的调用会被拒绝。</translation>
  </message>
  <message>
   <source>Canonical request</source>
   <translation>规范请求</translation>
  </message>
  <message>
   <source>Certificate</source>
   <translation>证书</translation>
  </message>
  <message>
   <source>Certificate of the server</source>
   <translation>服务器的证书</translation>
  </message>
  <message>
   <source>Certificates</source>
   <translation>证书</translation>
  </message>
  <message>
   <source>Certificates (PEM) that are trusted in place of the system's, where a workspace names no others.</source>
   <translation>代替系统证书受信任的证书（PEM），用于未另行指定的工作区。</translation>
  </message>
  <message>
   <source>Certificates are not checked in this workspace: anybody on the way can read and change all.</source>
   <translation>此工作区不检查证书：途中的任何人都能读取并更改一切。</translation>
  </message>
  <message>
   <source>Change something, then update the service.</source>
   <translation>请先更改内容，再更新服务。</translation>
  </message>
  <message>
   <source>Check account '{domain}', user '{user}' and the password; a HUAWEI ID and federated users need an IAM user of their own.</source>
   <translation>请检查账号“{domain}”、用户“{user}”和密码；华为帐号和联邦用户需要自己的 IAM 用户。</translation>
  </message>
  <message>
   <source>Check host and port, and whether the service is running.</source>
   <translation>请检查主机和端口，以及服务是否在运行。</translation>
  </message>
  <message>
   <source>Check host and port: another kind of server may listen there.</source>
   <translation>请检查主机和端口：那里可能监听着其他类型的服务器。</translation>
  </message>
  <message>
   <source>Check host, port and network.</source>
   <translation>请检查主机、端口和网络。</translation>
  </message>
  <message>
   <source>Check its name, its version and that it is in this region, then update or deploy again.</source>
   <translation>请检查其名称、版本以及是否在此区域，然后更新或重新部署。</translation>
  </message>
  <message>
   <source>Check its permissions and that it is text.</source>
   <translation>请检查其权限，以及它是否为文本。</translation>
  </message>
  <message>
   <source>Check its permissions and the folder it lies in.</source>
   <translation>请检查其权限及所在的文件夹。</translation>
  </message>
  <message>
   <source>Check method and headers: names and values must not hold line breaks or other controls.</source>
   <translation>请检查方法和头部：名称和值不能含有换行或其他控制字符。</translation>
  </message>
  <message>
   <source>Check path, headers and body.</source>
   <translation>请检查路径、头部和正文。</translation>
  </message>
  <message>
   <source>Check path, headers and body; a copied request may hold control characters.</source>
   <translation>请检查路径、头部和正文；复制的请求可能含有控制字符。</translation>
  </message>
  <message>
   <source>Check query and headers.</source>
   <translation>请检查查询参数和头部。</translation>
  </message>
  <message>
   <source>Check region and project.</source>
   <translation>请检查区域和项目。</translation>
  </message>
  <message>
   <source>Check region, project and the permission {permission}.</source>
   <translation>请检查区域、项目和权限 {permission}。</translation>
  </message>
  <message>
   <source>Check scheme and port; a server may want another TLS version or a client certificate.</source>
   <translation>请检查协议和端口；服务器可能要求其他 TLS 版本或客户端证书。</translation>
  </message>
  <message>
   <source>Check subprotocols and extensions; a proxy on the way may have changed the answer.</source>
   <translation>请检查子协议和扩展；途中的代理可能更改了应答。</translation>
  </message>
  <message>
   <source>Check that it is there and may be read.</source>
   <translation>请检查它是否存在、是否可读。</translation>
  </message>
  <message>
   <source>Check that it is there, that you may read it, and that it is whole.</source>
   <translation>请检查它是否存在、是否有权读取、是否完整。</translation>
  </message>
  <message>
   <source>Check that the folder is whole and may be read.</source>
   <translation>请检查文件夹是否完整、是否可读。</translation>
  </message>
  <message>
   <source>Check the API key.</source>
   <translation>请检查 API Key。</translation>
  </message>
  <message>
   <source>Check the App's credentials, and that the address is the App's row.</source>
   <translation>请检查 App 的凭据，并确认地址是 App 所在的行。</translation>
  </message>
  <message>
   <source>Check the access key (AK); an App's key belongs to the App address.</source>
   <translation>请检查访问密钥（AK）；App 的密钥属于 App 地址。</translation>
  </message>
  <message>
   <source>Check the access key and this machine's clock.</source>
   <translation>请检查访问密钥和本机的时钟。</translation>
  </message>
  <message>
   <source>Check the command, its files and the folder that it starts in.</source>
   <translation>请检查命令、它的文件以及启动时所在的文件夹。</translation>
  </message>
  <message>
   <source>Check the credential of the handshake, or of the first message.</source>
   <translation>请检查握手或第一条消息中的凭据。</translation>
  </message>
  <message>
   <source>Check the folder's permissions and the room on its disk, or save it elsewhere.</source>
   <translation>请检查文件夹的权限和磁盘空间，或保存到别处。</translation>
  </message>
  <message>
   <source>Check the folder's permissions.</source>
   <translation>请检查文件夹的权限。</translation>
  </message>
  <message>
   <source>Check the health path and the port, and give the model more time to load.</source>
   <translation>请检查健康检查的路径和端口，并给模型更多的加载时间。</translation>
  </message>
  <message>
   <source>Check the key.</source>
   <translation>请检查密钥。</translation>
  </message>
  <message>
   <source>Check the network; addresses of a VPC can be reached only from inside it.</source>
   <translation>请检查网络；VPC 的地址只能从其内部到达。</translation>
  </message>
  <message>
   <source>Check the path (a missing or a trailing slash counts), the row (App authentication has an address of its own), the region and the method (POST is usual).</source>
   <translation>请检查路径（多一个或少一个斜杠都有区别）、地址所在行（App 认证有自己的地址）、区域和方法（通常为 POST）。</translation>
  </message>
  <message>
   <source>Check the path behind the address.</source>
   <translation>请检查地址后面的路径。</translation>
  </message>
  <message>
   <source>Check the path, and whether a proxy on the way lets WebSocket through.</source>
   <translation>请检查路径，以及途中的代理是否放行 WebSocket。</translation>
  </message>
  <message>
   <source>Check the permission and the account.</source>
   <translation>请检查权限与账号。</translation>
  </message>
  <message>
   <source>Check the permission of who signed in.</source>
   <translation>请检查登录身份的权限。</translation>
  </message>
  <message>
   <source>Check the permissions of the folder it lies in.</source>
   <translation>请检查其所在文件夹的权限。</translation>
  </message>
  <message>
   <source>Check the permissions of the folder.</source>
   <translation>请检查文件夹的权限。</translation>
  </message>
  <message>
   <source>Check the pool's name or the cluster's id.</source>
   <translation>请检查资源池的名称或集群的 ID。</translation>
  </message>
  <message>
   <source>Check the profile's folder; the recordings themselves are not touched.</source>
   <translation>请检查配置目录；记录本身没有改动。</translation>
  </message>
  <message>
   <source>Check the project '{project}' and the identity service's address.</source>
   <translation>请检查项目“{project}”和统一身份认证服务的地址。</translation>
  </message>
  <message>
   <source>Check the project, and whether bills are open.</source>
   <translation>请检查项目，以及是否有未付的账单。</translation>
  </message>
  <message>
   <source>Check the project: it may be frozen, or of another region.</source>
   <translation>请检查项目：可能被冻结，或属于其他区域。</translation>
  </message>
  <message>
   <source>Check the proxy's address and its user and password.</source>
   <translation>请检查代理地址及其用户名和密码。</translation>
  </message>
  <message>
   <source>Check the proxy's address, and whether it may connect to this host.</source>
   <translation>请检查代理地址，以及它是否可以连接该主机。</translation>
  </message>
  <message>
   <source>Check the proxy's address, or call without it: --proxy none.</source>
   <translation>请检查代理地址，或不用代理调用：--proxy none。</translation>
  </message>
  <message>
   <source>Check the request line, the headers and the body.</source>
   <translation>请检查请求行、头部和正文。</translation>
  </message>
  <message>
   <source>Check the scheme (http or https) and whether the service is up.</source>
   <translation>请检查协议（http 或 https）以及服务是否在运行。</translation>
  </message>
  <message>
   <source>Check the scheme: a port for https:// may do so when it is called with http://.</source>
   <translation>请检查协议：以 http:// 调用 https:// 的端口时可能如此。</translation>
  </message>
  <message>
   <source>Check the workspace's project id: it must be that of the region.</source>
   <translation>请检查工作区的项目 ID：它必须属于该区域。</translation>
  </message>
  <message>
   <source>Check which authentication this row of address takes.</source>
   <translation>请检查这一行地址接受哪种认证。</translation>
  </message>
  <message>
   <source>Check which one this address takes, and its values.</source>
   <translation>请检查该地址接受哪种认证，以及其取值。</translation>
  </message>
  <message>
   <source>Check who signs in; listing projects needs the permission iam:projects:listProjectsForUser.</source>
   <translation>请检查登录身份；列出项目需要权限 iam:projects:listProjectsForUser。</translation>
  </message>
  <message>
   <source>Choose WebSocket where HTTPS was refused, or the reverse.</source>
   <translation>HTTPS 被拒绝时请选择 WebSocket，反之亦然。</translation>
  </message>
  <message>
   <source>Choose a .yaml file.</source>
   <translation>请选择 .yaml 文件。</translation>
  </message>
  <message>
   <source>Choose a bigger specification, or a smaller model.</source>
   <translation>请选择更大的规格或更小的模型。</translation>
  </message>
  <message>
   <source>Choose a higher version.</source>
   <translation>请选择更高的版本。</translation>
  </message>
  <message>
   <source>Choose a longer time.</source>
   <translation>请选择更长的时间。</translation>
  </message>
  <message>
   <source>Choose a service, or give a URL and the channel 'address'.</source>
   <translation>请选择服务，或给出 URL 并使用通道“address”。</translation>
  </message>
  <message>
   <source>Choose a side in a text editor and remove the marks.</source>
   <translation>请在文本编辑器中选择一方并移除标记。</translation>
  </message>
  <message>
   <source>Choose a workspace of a platform that deploys services.</source>
   <translation>请选择能部署服务的平台的工作区。</translation>
  </message>
  <message>
   <source>Choose another credential, or another authentication.</source>
   <translation>请选择其他凭据或其他认证。</translation>
  </message>
  <message>
   <source>Choose another folder, or free some space.</source>
   <translation>请选择其他文件夹，或释放一些空间。</translation>
  </message>
  <message>
   <source>Choose another folder.</source>
   <translation>请选择其他文件夹。</translation>
  </message>
  <message>
   <source>Choose another model or version.</source>
   <translation>请选择其他模型或版本。</translation>
  </message>
  <message>
   <source>Choose another model, or import it so that it can be.</source>
   <translation>请选择其他模型，或重新导入使其可以部署。</translation>
  </message>
  <message>
   <source>Choose another model; the list may be old.</source>
   <translation>请选择其他模型；列表可能已过时。</translation>
  </message>
  <message>
   <source>Choose another name, or delete an application: an account has 50 at most.</source>
   <translation>请选择其他名称，或删除一个 App：每个账号最多 50 个。</translation>
  </message>
  <message>
   <source>Choose another name.</source>
   <translation>请换一个名称。</translation>
  </message>
  <message>
   <source>Choose another one, or 0 for any that is free.</source>
   <translation>请选择其他端口，或用 0 使用任意空闲端口。</translation>
  </message>
  <message>
   <source>Choose another service, or deploy it again.</source>
   <translation>请选择其他服务，或重新部署它。</translation>
  </message>
  <message>
   <source>Choose different models or versions, or raise the number of instances.</source>
   <translation>请选择不同的模型或版本，或增加实例数。</translation>
  </message>
  <message>
   <source>Choose no authentication, or send it all the same.</source>
   <translation>请选择不使用认证，或仍然发送。</translation>
  </message>
  <message>
   <source>Choose the API key.</source>
   <translation>请选择 API Key。</translation>
  </message>
  <message>
   <source>Choose the IAM token.</source>
   <translation>请选择 IAM Token。</translation>
  </message>
  <message>
   <source>Choose the authentication</source>
   <translation>选择认证</translation>
  </message>
  <message>
   <source>Choose the authentication 'basic' and give them there.</source>
   <translation>请选择认证“basic”并在那里填写。</translation>
  </message>
  <message>
   <source>Choose the channel</source>
   <translation>选择通道</translation>
  </message>
  <message>
   <source>Choose the environment</source>
   <translation>选择环境</translation>
  </message>
  <message>
   <source>Choose the folder that holds the requests.</source>
   <translation>请选择存放请求的文件夹。</translation>
  </message>
  <message>
   <source>Choose the protocol</source>
   <translation>选择协议</translation>
  </message>
  <message>
   <source>Choose the protocol that the message names.</source>
   <translation>请选择消息中指明的协议。</translation>
  </message>
  <message>
   <source>Choose the protocol that the service speaks (HTTP or WebSocket, with or without TLS).</source>
   <translation>请选择服务使用的协议（HTTP 或 WebSocket，是否使用 TLS）。</translation>
  </message>
  <message>
   <source>Choose…</source>
   <translation>选择…</translation>
  </message>
  <message>
   <source>Cipher</source>
   <translation>加密套件</translation>
  </message>
  <message>
   <source>Clients of this service must raise their limit, or they close with 1009.</source>
   <translation>该服务的客户端必须提高限制，否则会以 1009 关闭。</translation>
  </message>
  <message>
   <source>Clock</source>
   <translation>时钟</translation>
  </message>
  <message>
   <source>Close code 1000, or a close without a code, by the server.</source>
   <translation>服务器以代码 1000 关闭，或关闭时没有代码。</translation>
  </message>
  <message>
   <source>Close codes go from 1000 to 4999.</source>
   <translation>关闭代码的范围为 1000 至 4999。</translation>
  </message>
  <message>
   <source>Close other streams or programs; the times of socket reads suffer least.</source>
   <translation>请关闭其他流或程序；套接字读取的时间受影响最小。</translation>
  </message>
  <message>
   <source>Close request</source>
   <translation>关闭请求</translation>
  </message>
  <message>
   <source>Close the answer in front</source>
   <translation>关闭当前响应</translation>
  </message>
  <message>
   <source>Close window</source>
   <translation>关闭窗口</translation>
  </message>
  <message>
   <source>Closed with {code} ({name}): {reason}</source>
   <translation>以 {code}（{name}）关闭：{reason}</translation>
  </message>
  <message>
   <source>Cluster id</source>
   <translation>集群 ID</translation>
  </message>
  <message>
   <source>Cohere chat</source>
   <translation>Cohere chat</translation>
  </message>
  <message>
   <source>Collections</source>
   <translation>集合</translation>
  </message>
  <message>
   <source>Comes from</source>
   <translation>来自</translation>
  </message>
  <message>
   <source>Command</source>
   <translation>命令</translation>
  </message>
  <message>
   <source>Command in the container</source>
   <translation>容器内的命令</translation>
  </message>
  <message>
   <source>Command line</source>
   <translation>命令行</translation>
  </message>
  <message>
   <source>Common image</source>
   <translation>普通镜像</translation>
  </message>
  <message>
   <source>Compare the gateway's canonical request in its answer with the one in the Headers tab.</source>
   <translation>请把响应中网关的规范请求与“头部”标签页中的对照。</translation>
  </message>
  <message>
   <source>Compare with the model's own interface.</source>
   <translation>请与模型自身的接口对照。</translation>
  </message>
  <message>
   <source>Complete</source>
   <translation>完整</translation>
  </message>
  <message>
   <source>Compression</source>
   <translation>压缩</translation>
  </message>
  <message>
   <source>Compression of frames</source>
   <translation>帧的压缩</translation>
  </message>
  <message>
   <source>Configuration</source>
   <translation>配置</translation>
  </message>
  <message>
   <source>Connect</source>
   <translation>连接</translation>
  </message>
  <message>
   <source>Connect again in a moment.</source>
   <translation>请稍后重新连接。</translation>
  </message>
  <message>
   <source>Connect to this address instead of what the name resolves to; one a line.</source>
   <translation>连接到此地址，而不是名称解析的结果；每行一个。</translation>
  </message>
  <message>
   <source>Connecting</source>
   <translation>连接</translation>
  </message>
  <message>
   <source>Connecting to another port (--connect-to) is not supported: it was left out.</source>
   <translation>不支持连接到其他端口（--connect-to）：已省略。</translation>
  </message>
  <message>
   <source>Connection</source>
   <translation>连接</translation>
  </message>
  <message>
   <source>Connection refused</source>
   <translation>连接被拒绝</translation>
  </message>
  <message>
   <source>Connection reset by peer</source>
   <translation>连接被对方重置</translation>
  </message>
  <message>
   <source>Connections from networks must be approved.</source>
   <translation>来自网络的连接必须经过批准。</translation>
  </message>
  <message>
   <source>Connects to {address} instead of the URL's host.</source>
   <translation>连接到 {address}，而不是 URL 的主机。</translation>
  </message>
  <message>
   <source>Container images; API keys may call.</source>
   <translation>容器镜像；可用 API Key 调用。</translation>
  </message>
  <message>
   <source>Container registry (SWR)</source>
   <translation>容器镜像服务（SWR）</translation>
  </message>
  <message>
   <source>Container speaks</source>
   <translation>容器使用的协议</translation>
  </message>
  <message>
   <source>Conversation</source>
   <translation>对话</translation>
  </message>
  <message>
   <source>Cookies</source>
   <translation>Cookie</translation>
  </message>
  <message>
   <source>Copy AppKey and AppSecret again; the path, the query and the body must be signed as they are sent.</source>
   <translation>请重新复制 AppKey 和 AppSecret；路径、查询和正文必须按发送时的样子签名。</translation>
  </message>
  <message>
   <source>Copy as cURL</source>
   <translation>复制为 cURL</translation>
  </message>
  <message>
   <source>Copy both again from the App's page.</source>
   <translation>请从 App 页面重新复制两者。</translation>
  </message>
  <message>
   <source>Copy both again from the account's access keys.</source>
   <translation>请从账号的访问密钥处重新复制两者。</translation>
  </message>
  <message>
   <source>Copy the App address of the service again.</source>
   <translation>请重新复制服务的 App 地址。</translation>
  </message>
  <message>
   <source>Copy the AppCode again, and check that the address is the App's row.</source>
   <translation>请重新复制 AppCode，并确认地址是 App 所在的行。</translation>
  </message>
  <message>
   <source>Copy the AppKey again, and check that the address is the App's row.</source>
   <translation>请重新复制 AppKey，并确认地址是 App 所在的行。</translation>
  </message>
  <message>
   <source>Copy the answer</source>
   <translation>复制响应</translation>
  </message>
  <message>
   <source>Copy the whole address of the service again.</source>
   <translation>请重新复制服务的完整地址。</translation>
  </message>
  <message>
   <source>Copy the whole command.</source>
   <translation>请复制整条命令。</translation>
  </message>
  <message>
   <source>Copy the whole command; a quote inside of quotes has to be escaped as the shell asks for it.</source>
   <translation>请复制整条命令；引号中的引号必须按 shell 的要求转义。</translation>
  </message>
  <message>
   <source>Counts when Streamscope is started again.</source>
   <translation>下次启动 Streamscope 时生效。</translation>
  </message>
  <message>
   <source>Credentials without TLS</source>
   <translation>无 TLS 时发送凭据</translation>
  </message>
  <message>
   <source>Credentials…</source>
   <translation>凭据…</translation>
  </message>
  <message>
   <source>Custom</source>
   <translation>自定义</translation>
  </message>
  <message>
   <source>Custom URLs</source>
   <translation>自定义 URL</translation>
  </message>
  <message>
   <source>Custom, in a dedicated pool</source>
   <translation>自定义，用于专属资源池</translation>
  </message>
  <message>
   <source>Dark</source>
   <translation>深色</translation>
  </message>
  <message>
   <source>Days</source>
   <translation>天数</translation>
  </message>
  <message>
   <source>Delay before sending</source>
   <translation>发送前的延迟</translation>
  </message>
  <message>
   <source>Delete</source>
   <translation>删除</translation>
  </message>
  <message>
   <source>Delete or stop what is not needed, or have the quota raised.</source>
   <translation>请删除或停止不需要的资源，或申请提高配额。</translation>
  </message>
  <message>
   <source>Delete the service…</source>
   <translation>删除服务…</translation>
  </message>
  <message>
   <source>Delete what is no longer needed, or ask the platform for a higher quota.</source>
   <translation>请删除不再需要的资源，或向平台申请更高的配额。</translation>
  </message>
  <message>
   <source>Delete what is not needed, or raise the quota.</source>
   <translation>请删除不需要的资源，或提高配额。</translation>
  </message>
  <message>
   <source>Delete “{name}”?</source>
   <translation>删除“{name}”？</translation>
  </message>
  <message>
   <source>Delete…</source>
   <translation>删除…</translation>
  </message>
  <message>
   <source>Delta</source>
   <translation>增量</translation>
  </message>
  <message>
   <source>Deploy</source>
   <translation>部署</translation>
  </message>
  <message>
   <source>Deploy a service…</source>
   <translation>部署服务…</translation>
  </message>
  <message>
   <source>Deploy with the protocol (HTTP, HTTPS, WS) that the program speaks.</source>
   <translation>请以程序所使用的协议（HTTP、HTTPS、WS）部署。</translation>
  </message>
  <message>
   <source>Deploy with the protocol that the container speaks.</source>
   <translation>请按容器使用的协议部署。</translation>
  </message>
  <message>
   <source>Deploying takes at most</source>
   <translation>部署最长时间</translation>
  </message>
  <message>
   <source>Deployment</source>
   <translation>部署</translation>
  </message>
  <message>
   <source>Description</source>
   <translation>描述</translation>
  </message>
  <message>
   <source>Details</source>
   <translation>详情</translation>
  </message>
  <message>
   <source>Details of the service</source>
   <translation>服务详情</translation>
  </message>
  <message>
   <source>Dialect</source>
   <translation>方言</translation>
  </message>
  <message>
   <source>Did you mean '{word}'?</source>
   <translation>您是指“{word}”吗？</translation>
  </message>
  <message>
   <source>Diff</source>
   <translation>差异</translation>
  </message>
  <message>
   <source>Directory not empty</source>
   <translation>目录不为空</translation>
  </message>
  <message>
   <source>Disk quota exceeded</source>
   <translation>超出磁盘配额</translation>
  </message>
  <message>
   <source>Do not check them (anybody could listen)</source>
   <translation>不检查证书（任何人都可能窃听）</translation>
  </message>
  <message>
   <source>Duplicate it, or add a workspace of your own.</source>
   <translation>请复制一份，或添加您自己的工作区。</translation>
  </message>
  <message>
   <source>Duplicate request</source>
   <translation>复制为新请求</translation>
  </message>
  <message>
   <source>Each event ends with a blank line, the last one, too.</source>
   <translation>每个事件都以空行结束，最后一个也不例外。</translation>
  </message>
  <message>
   <source>Embedding</source>
   <translation>嵌入</translation>
  </message>
  <message>
   <source>Empty for the profile's own. Counts when Streamscope is started again.</source>
   <translation>留空则使用配置目录自身的位置。下次启动 Streamscope 时生效。</translation>
  </message>
  <message>
   <source>Empty: it runs until it is stopped</source>
   <translation>为空则一直运行到被停止</translation>
  </message>
  <message>
   <source>Empty: the key alone is sent.</source>
   <translation>为空：只发送 Key。</translation>
  </message>
  <message>
   <source>Encryption</source>
   <translation>加密</translation>
  </message>
  <message>
   <source>Ended early</source>
   <translation>提前结束</translation>
  </message>
  <message>
   <source>Endpoint address</source>
   <translation>终端节点地址</translation>
  </message>
  <message>
   <source>Entries are counted from 1.</source>
   <translation>条目从 1 开始计数。</translation>
  </message>
  <message>
   <source>Environment</source>
   <translation>环境变量</translation>
  </message>
  <message>
   <source>Environment variables</source>
   <translation>环境变量</translation>
  </message>
  <message>
   <source>Environments…</source>
   <translation>环境…</translation>
  </message>
  <message>
   <source>Error</source>
   <translation>错误</translation>
  </message>
  <message>
   <source>Event streams end lines at CR and LF only; a program that cuts at U+2028 or U+0085 breaks them.</source>
   <translation>事件流只以 CR 和 LF 结束行；在 U+2028 或 U+0085 处切断的程序会破坏它。</translation>
  </message>
  <message>
   <source>Events</source>
   <translation>事件</translation>
  </message>
  <message>
   <source>Events came out of order or once more: what was assembled may be mixed up.</source>
   <translation>事件顺序错乱或重复：拼合的内容可能混乱。</translation>
  </message>
  <message>
   <source>Events were lost on the way or never sent: what was assembled may have holes.</source>
   <translation>事件在途中丢失或从未发送：拼合的内容可能有缺口。</translation>
  </message>
  <message>
   <source>Every service of this account</source>
   <translation>此账号的所有服务</translation>
  </message>
  <message>
   <source>Extensions such as compression: offered in the request, chosen in the answer.</source>
   <translation>压缩等扩展：请求中提供，响应中选定。</translation>
  </message>
  <message>
   <source>Failed</source>
   <translation>失败</translation>
  </message>
  <message>
   <source>Fetch a new token before calls that matter; a copied one must be replaced by hand.</source>
   <translation>重要的调用之前请获取新的 Token；复制来的 Token 必须手动更换。</translation>
  </message>
  <message>
   <source>Fetch it with the project as its scope.</source>
   <translation>请以项目为作用域获取。</translation>
  </message>
  <message>
   <source>Fetch it with the project of the service's region as its scope.</source>
   <translation>请以服务所在区域的项目为作用域获取。</translation>
  </message>
  <message>
   <source>Fetch it with the project of the workspace's region as its scope.</source>
   <translation>请以工作区所在区域的项目为作用域获取。</translation>
  </message>
  <message>
   <source>Fewest connections</source>
   <translation>最少连接</translation>
  </message>
  <message>
   <source>Fields are {fields}. To look for the text itself, write it in quotes.</source>
   <translation>可用字段：{fields}。要查找文本本身，请加引号。</translation>
  </message>
  <message>
   <source>File exists</source>
   <translation>文件已存在</translation>
  </message>
  <message>
   <source>File name too long</source>
   <translation>文件名过长</translation>
  </message>
  <message>
   <source>Fill in the rate limit.</source>
   <translation>请填写限流。</translation>
  </message>
  <message>
   <source>Fill them in, choose a credential, keep them in the keyring, set {variable}, or use --set {field}=VALUE (--set {field}=@- reads it from standard input).</source>
   <translation>请填写、选择一个凭据、将其保存在密钥环中、设置 {variable}，或使用 --set {field}=VALUE（--set {field}=@- 从标准输入读取）。</translation>
  </message>
  <message>
   <source>Fill them in.</source>
   <translation>请填写。</translation>
  </message>
  <message>
   <source>Find a request…</source>
   <translation>查找请求…</translation>
  </message>
  <message>
   <source>Find anything…</source>
   <translation>查找一切…</translation>
  </message>
  <message>
   <source>Find in this pane</source>
   <translation>在此窗格中查找</translation>
  </message>
  <message>
   <source>Findings</source>
   <translation>发现</translation>
  </message>
  <message>
   <source>First byte</source>
   <translation>首字节</translation>
  </message>
  <message>
   <source>First event</source>
   <translation>首个事件</translation>
  </message>
  <message>
   <source>First token</source>
   <translation>首个 token</translation>
  </message>
  <message>
   <source>First token (TTFT)</source>
   <translation>首个 token（TTFT）</translation>
  </message>
  <message>
   <source>First token since the request was out</source>
   <translation>请求发出后的首个 token</translation>
  </message>
  <message>
   <source>First visible text</source>
   <translation>首个可见文本</translation>
  </message>
  <message>
   <source>Folder</source>
   <translation>文件夹</translation>
  </message>
  <message>
   <source>Follow no redirects, and look at the answer's Location header.</source>
   <translation>请不跟随重定向，并查看响应的 Location 头部。</translation>
  </message>
  <message>
   <source>For</source>
   <translation>适用于</translation>
  </message>
  <message>
   <source>For calls that run when an instance ends</source>
   <translation>用于实例结束时正在进行的调用</translation>
  </message>
  <message>
   <source>For example cn-north-4.</source>
   <translation>例如 cn-north-4。</translation>
  </message>
  <message>
   <source>For example: python -m uvicorn app:app --port $PORT</source>
   <translation>例如：python -m uvicorn app:app --port $PORT</translation>
  </message>
  <message>
   <source>For new requests, in seconds; 0 is without limit.</source>
   <translation>用于新请求，以秒为单位；0 表示无限制。</translation>
  </message>
  <message>
   <source>For some hours</source>
   <translation>数小时</translation>
  </message>
  <message>
   <source>For the bare body of an answer (event stream, JSON) add --raw.</source>
   <translation>若为响应的裸正文（事件流、JSON），请加 --raw。</translation>
  </message>
  <message>
   <source>For whom a proxy asks.</source>
   <translation>代理代谁请求。</translation>
  </message>
  <message>
   <source>Free some space on the disk.</source>
   <translation>请释放一些磁盘空间。</translation>
  </message>
  <message>
   <source>Free some space or choose another profile with --profile DIR.</source>
   <translation>请释放一些空间，或用 --profile DIR 选择其他配置目录。</translation>
  </message>
  <message>
   <source>Free some space, or choose another folder.</source>
   <translation>请释放一些空间，或选择其他文件夹。</translation>
  </message>
  <message>
   <source>From .. to is written after :</source>
   <translation>范围 .. 之前须是冒号：</translation>
  </message>
  <message>
   <source>From here</source>
   <translation>本端</translation>
  </message>
  <message>
   <source>Frozen ({scene}): ask the platform's support.</source>
   <translation>已冻结（{scene}）：请咨询平台的技术支持。</translation>
  </message>
  <message>
   <source>Frozen by the authorities: ask the platform's support.</source>
   <translation>已被主管机关冻结：请咨询平台的技术支持。</translation>
  </message>
  <message>
   <source>Frozen for a breach of the rules: ask the platform's support.</source>
   <translation>因违规被冻结：请咨询平台的技术支持。</translation>
  </message>
  <message>
   <source>Frozen, since bills are open: pay them.</source>
   <translation>因有未付账单被冻结：请付清账单。</translation>
  </message>
  <message>
   <source>Further addresses: {urls}</source>
   <translation>其他地址：{urls}</translation>
  </message>
  <message>
   <source>GPU</source>
   <translation>GPU</translation>
  </message>
  <message>
   <source>GPUs</source>
   <translation>GPU 数</translation>
  </message>
  <message>
   <source>Gateway knows no such API: path, row of address or method do not fit.</source>
   <translation>网关没有这样的 API：路径、地址所在行或方法不匹配。</translation>
  </message>
  <message>
   <source>Gemini Live</source>
   <translation>Gemini Live</translation>
  </message>
  <message>
   <source>Gemini generated content</source>
   <translation>Gemini generated content</translation>
  </message>
  <message>
   <source>Gemini interactions</source>
   <translation>Gemini interactions</translation>
  </message>
  <message>
   <source>Gets a token with the password, keeps it for its 24 hours, renews it once when it is refused.</source>
   <translation>用密码获取 Token，24 小时内沿用，被拒绝时更新一次。</translation>
  </message>
  <message>
   <source>Give it more time (deploy timeout), or make the image smaller and the model load faster.</source>
   <translation>请给它更多时间（部署超时），或减小镜像并让模型加载得更快。</translation>
  </message>
  <message>
   <source>Give it more time, or ask for less.</source>
   <translation>请给更多时间，或减少请求量。</translation>
  </message>
  <message>
   <source>Give it one, such as 'Staging'.</source>
   <translation>请为其命名，例如“Staging”。</translation>
  </message>
  <message>
   <source>Give one in the field 'iam', or choose a workspace that knows it.</source>
   <translation>请在字段“iam”中给出，或选择知道该地址的工作区。</translation>
  </message>
  <message>
   <source>Give one of them a value without the others in it.</source>
   <translation>请为其中一个设置不含其他变量的值。</translation>
  </message>
  <message>
   <source>Globals</source>
   <translation>全局</translation>
  </message>
  <message>
   <source>Go to request {number}</source>
   <translation>转到第 {number} 个请求</translation>
  </message>
  <message>
   <source>Go to the address</source>
   <translation>转到地址栏</translation>
  </message>
  <message>
   <source>Go to the last request</source>
   <translation>转到最后一个请求</translation>
  </message>
  <message>
   <source>Go to view {number} of the exchange</source>
   <translation>转到交换的视图 {number}</translation>
  </message>
  <message>
   <source>Grace (seconds)</source>
   <translation>宽限时间（秒）</translation>
  </message>
  <message>
   <source>HMAC-SHA256 of the string to sign, with the secret, in hex.</source>
   <translation>待签名字符串的 HMAC-SHA256，密钥为机密值，以十六进制表示。</translation>
  </message>
  <message>
   <source>HMAC-SHA256 of the string to sign, with the {secret}, in hex.</source>
   <translation>待签名字符串的 HMAC-SHA256，密钥为{secret}，以十六进制表示。</translation>
  </message>
  <message>
   <source>HOST:PORT:ADDRESS, one a line.</source>
   <translation>主机:端口:地址，每行一个。</translation>
  </message>
  <message>
   <source>HTTP</source>
   <translation>HTTP</translation>
  </message>
  <message>
   <source>HTTP request</source>
   <translation>HTTP 请求</translation>
  </message>
  <message>
   <source>HTTP version</source>
   <translation>HTTP 版本</translation>
  </message>
  <message>
   <source>HTTP/2</source>
   <translation>HTTP/2</translation>
  </message>
  <message>
   <source>HTTP/2 is offered; where the server does not take it, the same leaves as HTTP/1.1.</source>
   <translation>提供 HTTP/2；若服务器不接受，相同内容以 HTTP/1.1 发出。</translation>
  </message>
  <message>
   <source>HTTP/2 is spoken at once.</source>
   <translation>直接使用 HTTP/2。</translation>
  </message>
  <message>
   <source>HTTP/3 is not supported: the call is made without it.</source>
   <translation>不支持 HTTP/3：调用不使用它。</translation>
  </message>
  <message>
   <source>HTTPS</source>
   <translation>HTTPS</translation>
  </message>
  <message>
   <source>HTTPS request</source>
   <translation>HTTPS 请求</translation>
  </message>
  <message>
   <source>Headers</source>
   <translation>头部</translation>
  </message>
  <message>
   <source>Health path</source>
   <translation>健康检查路径</translation>
  </message>
  <message>
   <source>Hex</source>
   <translation>十六进制</translation>
  </message>
  <message>
   <source>History</source>
   <translation>历史</translation>
  </message>
  <message>
   <source>Host header</source>
   <translation>Host 头部</translation>
  </message>
  <message>
   <source>Hours</source>
   <translation>小时数</translation>
  </message>
  <message>
   <source>How callers prove who they are; there is only one way for a service.</source>
   <translation>调用方证明身份的方式；一个服务只有一种。</translation>
  </message>
  <message>
   <source>How its messages mean text: one of the list, or a JSONPath such as $.output.text</source>
   <translation>消息如何表示文本：从列表选择，或使用 JSONPath，例如 $.output.text</translation>
  </message>
  <message>
   <source>How long exchanges are kept; 0 is without limit.</source>
   <translation>交换的保留时间；0 表示无限制。</translation>
  </message>
  <message>
   <source>How long one request may take, 1 to 7200; on WebSocket how long nothing may come.</source>
   <translation>单个请求可用的时间，1 到 7200；对 WebSocket 则为允许没有数据到达的时间。</translation>
  </message>
  <message>
   <source>How long the server says that it worked, in milliseconds.</source>
   <translation>服务器声称的处理时间，以毫秒计。</translation>
  </message>
  <message>
   <source>How long to wait before asking again: seconds, or a date.</source>
   <translation>再次请求前应等待多久：秒数或日期。</translation>
  </message>
  <message>
   <source>How long, and for how many requests, the server keeps the connection.</source>
   <translation>服务器保持连接的时间和请求次数。</translation>
  </message>
  <message>
   <source>How many calls are let through, 1 to 10000.</source>
   <translation>放行多少次调用，1 到 10000。</translation>
  </message>
  <message>
   <source>How many in a row count as failed, at least 1.</source>
   <translation>连续失败多少次即判定为失败，至少 1。</translation>
  </message>
  <message>
   <source>How many requests are left in this period.</source>
   <translation>本周期内剩余的请求数。</translation>
  </message>
  <message>
   <source>How many requests are let through in a period.</source>
   <translation>一个周期内允许的请求数。</translation>
  </message>
  <message>
   <source>How many tokens are left in this period.</source>
   <translation>本周期内剩余的 token 数。</translation>
  </message>
  <message>
   <source>How many tokens are let through in a period.</source>
   <translation>一个周期内允许的 token 数。</translation>
  </message>
  <message>
   <source>How much they may take in all, the oldest go first; 0 is without limit.</source>
   <translation>总共最多占用的空间，最旧的先移除；0 表示无限制。</translation>
  </message>
  <message>
   <source>How the body is compressed; it was unpacked for what is shown.</source>
   <translation>正文的压缩方式；显示的内容已解压。</translation>
  </message>
  <message>
   <source>How the body is cut on this connection; 'chunked' needs no length beforehand.</source>
   <translation>正文在此连接上的切分方式；“chunked”无需事先给出长度。</translation>
  </message>
  <message>
   <source>How the model is started.</source>
   <translation>模型的启动方式。</translation>
  </message>
  <message>
   <source>How the proxy wants to be signed in to.</source>
   <translation>代理要求的登录方式。</translation>
  </message>
  <message>
   <source>How the server wants to be signed in to.</source>
   <translation>服务器要求的登录方式。</translation>
  </message>
  <message>
   <source>IAM address</source>
   <translation>IAM 地址</translation>
  </message>
  <message>
   <source>IAM token</source>
   <translation>IAM Token</translation>
  </message>
  <message>
   <source>IAM user</source>
   <translation>IAM 用户</translation>
  </message>
  <message>
   <source>IAM user id</source>
   <translation>IAM 用户 ID</translation>
  </message>
  <message>
   <source>IP addresses or networks such as 10.0.0.0/8, one a line.</source>
   <translation>IP 地址或 10.0.0.0/8 这样的网段，每行一个。</translation>
  </message>
  <message>
   <source>IP addresses or networks, one a line.</source>
   <translation>IP 地址或网段，每行一个。</translation>
  </message>
  <message>
   <source>IP of the VPC endpoint, for its private names.</source>
   <translation>VPC 终端节点的 IP，用于其内网名称。</translation>
  </message>
  <message>
   <source>IP of the VPC endpoint, where its private name does not resolve here.</source>
   <translation>VPC 终端节点的 IP，用于其内网名称在此处无法解析时。</translation>
  </message>
  <message>
   <source>Id of a dedicated pool; the public one where empty.</source>
   <translation>专属资源池的 ID；为空则用公共资源池。</translation>
  </message>
  <message>
   <source>Identity service: {iam}</source>
   <translation>身份服务：{iam}</translation>
  </message>
  <message>
   <source>If you know this server, trust its certificate for this workspace, name a file with its authority, or skip the check for this call.</source>
   <translation>若您认识该服务器，请为此工作区信任其证书、指定含其颁发机构的文件，或在此次调用中跳过检查。</translation>
  </message>
  <message>
   <source>Image</source>
   <translation>镜像</translation>
  </message>
  <message>
   <source>Image generation</source>
   <translation>图像生成</translation>
  </message>
  <message>
   <source>Image understanding</source>
   <translation>图像理解</translation>
  </message>
  <message>
   <source>In a row; 0 for without end. A connection that holds 10 s begins the count anew.</source>
   <translation>连续次数；0 表示无限制。连接保持 10 s 后重新计数。</translation>
  </message>
  <message>
   <source>In all of them, 0 is no limit.</source>
   <translation>以上各项中，0 均表示无限制。</translation>
  </message>
  <message>
   <source>In the browser's menu choose 'Copy as cURL' instead of 'Copy as PowerShell'.</source>
   <translation>请在浏览器菜单中选择“复制为 cURL”，而不是“复制为 PowerShell”。</translation>
  </message>
  <message>
   <source>In the editors of bodies</source>
   <translation>用于正文编辑器</translation>
  </message>
  <message>
   <source>In turn</source>
   <translation>轮询</translation>
  </message>
  <message>
   <source>Input/output error</source>
   <translation>输入/输出错误</translation>
  </message>
  <message>
   <source>Install it where the program runs, then start again.</source>
   <translation>请在程序运行的位置安装它，然后重新启动。</translation>
  </message>
  <message>
   <source>Instances</source>
   <translation>实例</translation>
  </message>
  <message>
   <source>Instances less (%)</source>
   <translation>可减少的实例（%）</translation>
  </message>
  <message>
   <source>Instances more (%)</source>
   <translation>可增加的实例（%）</translation>
  </message>
  <message>
   <source>Instead of a stream an error came under status {n}: {error}</source>
   <translation>返回的不是流，而是状态 {n} 下的错误：{error}</translation>
  </message>
  <message>
   <source>Interrupt</source>
   <translation>中断</translation>
  </message>
  <message>
   <source>Interrupt the deployment…</source>
   <translation>中断部署…</translation>
  </message>
  <message>
   <source>Interrupt what is being deployed of “{name}”?</source>
   <translation>中断“{name}”正在进行的部署？</translation>
  </message>
  <message>
   <source>Is a directory</source>
   <translation>这是一个目录</translation>
  </message>
  <message>
   <source>Is given to the proxy {proxy}.</source>
   <translation>交给代理 {proxy}。</translation>
  </message>
  <message>
   <source>Issued by</source>
   <translation>颁发者证书</translation>
  </message>
  <message>
   <source>Issuer</source>
   <translation>颁发者</translation>
  </message>
  <message>
   <source>It cannot be deleted until then.</source>
   <translation>在此之前无法删除。</translation>
  </message>
  <message>
   <source>It cannot be read: {reason}.</source>
   <translation>无法读取：{reason}。</translation>
  </message>
  <message>
   <source>It conflicts with what is there.</source>
   <translation>它与已有的内容冲突。</translation>
  </message>
  <message>
   <source>It does not run.</source>
   <translation>它没有运行。</translation>
  </message>
  <message>
   <source>It does not run: start it first.</source>
   <translation>它没有运行：请先启动。</translation>
  </message>
  <message>
   <source>It ended without a close frame: a crash, a proxy or a time limit.</source>
   <translation>连接在没有关闭帧的情况下结束：崩溃、代理或时间限制。</translation>
  </message>
  <message>
   <source>It ends within {days} days, on {day}.</source>
   <translation>它将在 {days} 天内到期，即 {day}。</translation>
  </message>
  <message>
   <source>It expired on {day}.</source>
   <translation>它已于 {day} 到期。</translation>
  </message>
  <message>
   <source>It has conflict marks of a merge.</source>
   <translation>其中有合并冲突标记。</translation>
  </message>
  <message>
   <source>It has failed: nothing of it runs that could be stopped.</source>
   <translation>它已失败：没有正在运行、可以停止的内容。</translation>
  </message>
  <message>
   <source>It has failed: start it or change it first.</source>
   <translation>它已失败：请先启动或更改。</translation>
  </message>
  <message>
   <source>It has finished: only a service that runs can be changed or stopped.</source>
   <translation>它已结束：只有运行中的服务才能更改或停止。</translation>
  </message>
  <message>
   <source>It has one function predict(inputs).</source>
   <translation>它有一个函数 predict(inputs)。</translation>
  </message>
  <message>
   <source>It has stopped already.</source>
   <translation>它已停止。</translation>
  </message>
  <message>
   <source>It has {count} characters, more than the {most} that every keyring takes: it is kept in memory, for this session.</source>
   <translation>它有 {count} 个字符，超过每种密钥环都能接受的 {most} 个：仅在本次会话中保存在内存里。</translation>
  </message>
  <message>
   <source>It has {count} characters; {most} are possible.</source>
   <translation>它有 {count} 个字符；最多 {most} 个。</translation>
  </message>
  <message>
   <source>It has: {channels}.</source>
   <translation>它有：{channels}。</translation>
  </message>
  <message>
   <source>It has: {names}.</source>
   <translation>它有：{names}。</translation>
  </message>
  <message>
   <source>It is 'Bearer', a blank and the key.</source>
   <translation>格式为“Bearer”、一个空格和密钥。</translation>
  </message>
  <message>
   <source>It is allowed, but many clients show each event only when the next one comes.</source>
   <translation>这是允许的，但许多客户端要等到下一个事件到达才显示前一个。</translation>
  </message>
  <message>
   <source>It is allowed: a client must wait for the last frame before it reads the message.</source>
   <translation>这是允许的：客户端必须等到最后一帧再读取消息。</translation>
  </message>
  <message>
   <source>It is allowed: a frame is not a message.</source>
   <translation>这是允许的：帧并不等于消息。</translation>
  </message>
  <message>
   <source>It is allowed; two programs write into this stream, such as a model and a proxy.</source>
   <translation>这是允许的；有两个程序写入该流，例如模型和代理。</translation>
  </message>
  <message>
   <source>It is another origin, so no credential was sent there. Call it itself if it is to have one.</source>
   <translation>这是另一个源，因此没有向其发送凭据。如需携带凭据，请直接调用它。</translation>
  </message>
  <message>
   <source>It is being deleted.</source>
   <translation>它正在被删除。</translation>
  </message>
  <message>
   <source>It is being deployed: interrupt that, or wait.</source>
   <translation>它正在部署：请中断部署，或等待。</translation>
  </message>
  <message>
   <source>It is being deployed: wait until it runs, or delete it.</source>
   <translation>它正在部署：请等待它运行，或删除它。</translation>
  </message>
  <message>
   <source>It is being interrupted: wait.</source>
   <translation>它正在中断：请等待。</translation>
  </message>
  <message>
   <source>It is being restarted: wait.</source>
   <translation>它正在重启：请等待。</translation>
  </message>
  <message>
   <source>It is being stopped: wait until it has stopped.</source>
   <translation>它正在停止：请等待它停止。</translation>
  </message>
  <message>
   <source>It is being stopped: wait.</source>
   <translation>它正在停止：请等待。</translation>
  </message>
  <message>
   <source>It is being upgraded: interrupt that, or wait.</source>
   <translation>它正在升级：请中断升级，或等待。</translation>
  </message>
  <message>
   <source>It is called over WebSocket.</source>
   <translation>通过 WebSocket 调用。</translation>
  </message>
  <message>
   <source>It is deleted.</source>
   <translation>它已被删除。</translation>
  </message>
  <message>
   <source>It is left as it is; mend it in a text editor, or give the environment another name.</source>
   <translation>它保持原样；请在文本编辑器中修正，或为环境另取名称。</translation>
  </message>
  <message>
   <source>It is none of the choices: {words}.</source>
   <translation>它不在可选项之中：{words}。</translation>
  </message>
  <message>
   <source>It is not UTF-8 text.</source>
   <translation>它不是 UTF-8 文本。</translation>
  </message>
  <message>
   <source>It is not a saved draft.</source>
   <translation>它不是保存的请求。</translation>
  </message>
  <message>
   <source>It is not for {host}, but for: {names}.</source>
   <translation>它不适用于 {host}，而适用于：{names}。</translation>
  </message>
  <message>
   <source>It is not there any more.</source>
   <translation>它已不存在。</translation>
  </message>
  <message>
   <source>It is self-signed: nobody but itself vouches for it.</source>
   <translation>它是自签名证书：除自身外没有任何机构为其担保。</translation>
  </message>
  <message>
   <source>It may be cut off, or edited by hand: export it again.</source>
   <translation>它可能被截断或手动编辑过：请重新导出。</translation>
  </message>
  <message>
   <source>It may be waiting for you to unlock it: look for its window, then try again; or type the secret here.</source>
   <translation>它可能在等待您解锁：请查找其窗口并重试；或在此输入机密。</translation>
  </message>
  <message>
   <source>It may have been cut off.</source>
   <translation>它可能被截断。</translation>
  </message>
  <message>
   <source>It may speak plain HTTP on that port: try http:// (ws://).</source>
   <translation>它在该端口上可能使用普通 HTTP：请尝试 http://（ws://）。</translation>
  </message>
  <message>
   <source>It may speak plain HTTP: try http:// instead of https:// (ws:// instead of wss://).</source>
   <translation>它可能使用普通 HTTP：请用 http:// 代替 https://（ws:// 代替 wss://）。</translation>
  </message>
  <message>
   <source>It must be 1.0.0 to 99.99.99.</source>
   <translation>必须为 1.0.0 到 99.99.99。</translation>
  </message>
  <message>
   <source>It must be a file of certificates in PEM form.</source>
   <translation>它必须是 PEM 格式的证书文件。</translation>
  </message>
  <message>
   <source>It must be at least {low}.</source>
   <translation>不能小于 {low}。</translation>
  </message>
  <message>
   <source>It must be from 1 minute to 7 days.</source>
   <translation>必须为 1 分钟到 7 天。</translation>
  </message>
  <message>
   <source>It must be like http,8080,metrics: http or https, port, path without a / at first.</source>
   <translation>形式应为 http,8080,metrics：http 或 https、端口、开头不带 / 的路径。</translation>
  </message>
  <message>
   <source>It must be {low} to {high}.</source>
   <translation>必须为 {low} 到 {high}。</translation>
  </message>
  <message>
   <source>It must let TCP 8080 in</source>
   <translation>它必须允许访问 TCP 8080</translation>
  </message>
  <message>
   <source>It must not contain {character}.</source>
   <translation>不能包含 {character}。</translation>
  </message>
  <message>
   <source>It must say websocket.</source>
   <translation>必须为 websocket。</translation>
  </message>
  <message>
   <source>It names {subject}, was issued by {issuer}, is valid until {until}; its SHA-256 fingerprint is {mark}.</source>
   <translation>它的主体为 {subject}，由 {issuer} 颁发，有效期至 {until}；其 SHA-256 指纹为 {mark}。</translation>
  </message>
  <message>
   <source>It never had a connection: look at it with 'inspect'.</source>
   <translation>它从未建立连接：请用“inspect”查看。</translation>
  </message>
  <message>
   <source>It runs already.</source>
   <translation>它已在运行。</translation>
  </message>
  <message>
   <source>It should be 16 random bytes in base64.</source>
   <translation>应为 16 个随机字节的 base64。</translation>
  </message>
  <message>
   <source>It should be the SHA-256 of the body's {size} bytes, and is not.</source>
   <translation>它应为正文 {size} 字节的 SHA-256，但并不是。</translation>
  </message>
  <message>
   <source>It takes all letters alike.</source>
   <translation>它使所有字母不区分大小写。</translation>
  </message>
  <message>
   <source>It waits for resources: wait until it runs, or delete it.</source>
   <translation>它正在等待资源：请等待它运行，或删除它。</translation>
  </message>
  <message>
   <source>It wants a user and a password: http://user:password@host:port.</source>
   <translation>它需要用户名和密码：http://user:password@host:port。</translation>
  </message>
  <message>
   <source>It was broken off.</source>
   <translation>它被中断了。</translation>
  </message>
  <message>
   <source>It was changed by hand: mend it, or remove it.</source>
   <translation>它曾被手动更改：请修正或移除。</translation>
  </message>
  <message>
   <source>It was cut in the middle of an emoji or the like: type it again.</source>
   <translation>它可能在表情符号等字符中间被截断：请重新输入。</translation>
  </message>
  <message>
   <source>It was just asked for something else: {doing}.</source>
   <translation>刚刚已对它请求了其他操作：{doing}。</translation>
  </message>
  <message>
   <source>It was kept in memory only, or removed outside of Streamscope: type it again into the credential.</source>
   <translation>它只保存在内存中，或已在 Streamscope 之外被移除：请在凭据中重新输入。</translation>
  </message>
  <message>
   <source>It was not checked: anybody on the way could have shown it.</source>
   <translation>没有经过检查：途中的任何人都可能出示它。</translation>
  </message>
  <message>
   <source>It was not ready within the deployment's time.</source>
   <translation>它没有在部署时限内就绪。</translation>
  </message>
  <message>
   <source>It was not valid before {day}.</source>
   <translation>它在 {day} 之前尚未生效。</translation>
  </message>
  <message>
   <source>It was read anew.</source>
   <translation>已重新读取。</translation>
  </message>
  <message>
   <source>It was refused: {reason}.</source>
   <translation>它被拒绝：{reason}。</translation>
  </message>
  <message>
   <source>Its SHA-256 fingerprint is {mark}.</source>
   <translation>其 SHA-256 指纹为 {mark}。</translation>
  </message>
  <message>
   <source>Its address and its configuration are gone for good. This cannot be undone.</source>
   <translation>其地址和配置将永久消失。此操作无法撤销。</translation>
  </message>
  <message>
   <source>Its file may have been cut or overwritten.</source>
   <translation>其文件可能被截断或覆盖。</translation>
  </message>
  <message>
   <source>Its instances are replaced by those of the other version.</source>
   <translation>其实例将被另一版本的实例替换。</translation>
  </message>
  <message>
   <source>Its key is weak: {key}.</source>
   <translation>其密钥较弱：{key}。</translation>
  </message>
  <message>
   <source>Its part of the calls in percent, 0 to 100.</source>
   <translation>它所占调用的百分比，0 到 100。</translation>
  </message>
  <message>
   <source>Its signature is weak: {kind}.</source>
   <translation>其签名较弱：{kind}。</translation>
  </message>
  <message>
   <source>Its status does not allow it.</source>
   <translation>其状态不允许此操作。</translation>
  </message>
  <message>
   <source>Its workspace is not there any more.</source>
   <translation>其工作区已不存在。</translation>
  </message>
  <message>
   <source>JSON has no comments</source>
   <translation>JSON 没有注释</translation>
  </message>
  <message>
   <source>JSON that is none</source>
   <translation>不是 JSON 的 JSON</translation>
  </message>
  <message>
   <source>Keep as</source>
   <translation>保存为</translation>
  </message>
  <message>
   <source>Keep it in a file first: that is sent from disk, however large.</source>
   <translation>请先保存为文件：无论多大，都会从磁盘发送。</translation>
  </message>
  <message>
   <source>Keep large bodies in files of their own.</source>
   <translation>请将大正文保存在单独的文件中。</translation>
  </message>
  <message>
   <source>Keep one of them.</source>
   <translation>请只保留其中一个。</translation>
  </message>
  <message>
   <source>Keep the body in a file and choose it as the body.</source>
   <translation>请将正文保存在文件中，并选择该文件作为正文。</translation>
  </message>
  <message>
   <source>Keep-alives</source>
   <translation>保活</translation>
  </message>
  <message>
   <source>Kept as typed</source>
   <translation>按输入保留</translation>
  </message>
  <message>
   <source>Kept connection</source>
   <translation>保持的连接</translation>
  </message>
  <message>
   <source>Key</source>
   <translation>密钥</translation>
  </message>
  <message>
   <source>Key exchange</source>
   <translation>密钥交换</translation>
  </message>
  <message>
   <source>Known are: off, fixed, exponential.</source>
   <translation>可用值：off、fixed、exponential。</translation>
  </message>
  <message>
   <source>Known are: {words}.</source>
   <translation>已知的有：{words}。</translation>
  </message>
  <message>
   <source>Language</source>
   <translation>语言</translation>
  </message>
  <message>
   <source>Last token</source>
   <translation>最后一个 token</translation>
  </message>
  <message>
   <source>Last token (E2E)</source>
   <translation>最后一个 token（E2E）</translation>
  </message>
  <message>
   <source>Leads to</source>
   <translation>通往</translation>
  </message>
  <message>
   <source>Left out, since it is another origin</source>
   <translation>已省略，因为属于另一个源</translation>
  </message>
  <message>
   <source>Let TCP port 8080 in from 0.0.0.0/0.</source>
   <translation>请允许 0.0.0.0/0 访问 TCP 端口 8080。</translation>
  </message>
  <message>
   <source>Let applications call it</source>
   <translation>允许 App 调用它</translation>
  </message>
  <message>
   <source>Let it allow TCP port 8080 from 0.0.0.0/0.</source>
   <translation>请允许 0.0.0.0/0 访问 TCP 端口 8080。</translation>
  </message>
  <message>
   <source>Let it be called from the internet.</source>
   <translation>允许从互联网调用。</translation>
  </message>
  <message>
   <source>Let its owner do it.</source>
   <translation>请由其所有者操作。</translation>
  </message>
  <message>
   <source>Let the platform's agency read the image's repository, or make it one of this account's own.</source>
   <translation>请允许平台的委托读取镜像仓库，或将镜像放入此账号自己的仓库。</translation>
  </message>
  <message>
   <source>Let the program listen on 0.0.0.0 and the configured port, or change the port.</source>
   <translation>请让程序监听 0.0.0.0 和所配置的端口，或更改端口。</translation>
  </message>
  <message>
   <source>Let the program listen on the port that it is given ($PORT), and on no other.</source>
   <translation>请让程序监听分配给它的端口（$PORT），且只监听该端口。</translation>
  </message>
  <message>
   <source>Lets into</source>
   <translation>可访问</translation>
  </message>
  <message>
   <source>Letters, digits, - and _.</source>
   <translation>字母、数字、- 和 _。</translation>
  </message>
  <message>
   <source>Light</source>
   <translation>浅色</translation>
  </message>
  <message>
   <source>Limits</source>
   <translation>限制</translation>
  </message>
  <message>
   <source>Limits that the times of an answer are held against.</source>
   <translation>用于对照响应时间的限制。</translation>
  </message>
  <message>
   <source>Line {number} is no variable: {line}</source>
   <translation>第 {number} 行不是变量：{line}</translation>
  </message>
  <message>
   <source>Lines of the stream end in different ways.</source>
   <translation>流的行以不同方式结束。</translation>
  </message>
  <message>
   <source>Lines of the stream end with a bare carriage return.</source>
   <translation>流的行以单独的回车结束。</translation>
  </message>
  <message>
   <source>List of services</source>
   <translation>服务列表</translation>
  </message>
  <message>
   <source>List the Apps again.</source>
   <translation>请重新列出 App。</translation>
  </message>
  <message>
   <source>List the models again.</source>
   <translation>请重新列出模型。</translation>
  </message>
  <message>
   <source>List the services again.</source>
   <translation>请重新列出服务。</translation>
  </message>
  <message>
   <source>List the services again: it may have been deleted.</source>
   <translation>请重新列出服务：它可能已被删除。</translation>
  </message>
  <message>
   <source>Live</source>
   <translation>实时</translation>
  </message>
  <message>
   <source>Liveness check</source>
   <translation>存活检查</translation>
  </message>
  <message>
   <source>Lives</source>
   <translation>有效期</translation>
  </message>
  <message>
   <source>Load balancing</source>
   <translation>负载均衡</translation>
  </message>
  <message>
   <source>Longest gap between messages</source>
   <translation>消息之间的最长间隔</translation>
  </message>
  <message>
   <source>Look at it: it may be what was asked for. Else delete it and deploy again.</source>
   <translation>请查看它：它可能正是所请求的服务。否则请删除它并重新部署。</translation>
  </message>
  <message>
   <source>Look at its last words in the log, and change the permissions.</source>
   <translation>请查看日志中它最后的输出，并更改权限。</translation>
  </message>
  <message>
   <source>Look at the body: something else may have answered, or the server sets the type for all.</source>
   <translation>请查看正文：可能是其他程序作出的响应，或服务器对所有响应都设置该类型。</translation>
  </message>
  <message>
   <source>Look at the list of applications.</source>
   <translation>请查看 App 列表。</translation>
  </message>
  <message>
   <source>Look at the model's logs and instances; slow down.</source>
   <translation>请查看模型的日志和实例；放慢速度。</translation>
  </message>
  <message>
   <source>Look at the model's logs.</source>
   <translation>请查看模型的日志。</translation>
  </message>
  <message>
   <source>Look at the model's logs; it may also be a ping that went unanswered.</source>
   <translation>请查看模型的日志；也可能是 ping 没有得到应答。</translation>
  </message>
  <message>
   <source>Look at the model: a long queue, a tool that is waited for, or memory that ran out.</source>
   <translation>请查看模型：排队过长、等待工具，或内存耗尽。</translation>
  </message>
  <message>
   <source>Look at the service's state and instances.</source>
   <translation>请查看服务的状态和实例。</translation>
  </message>
  <message>
   <source>Look at the service's state.</source>
   <translation>请查看服务的状态。</translation>
  </message>
  <message>
   <source>Look at the service's state; start it again where it moved.</source>
   <translation>请查看服务的状态；若已迁移，请重新启动。</translation>
  </message>
  <message>
   <source>Look at where each attempt was sent; more can be allowed in the draft's settings.</source>
   <translation>请查看每次尝试的去向；可在请求的设置中允许更多次。</translation>
  </message>
  <message>
   <source>Look for a value pasted twice; a token is some kilobytes long.</source>
   <translation>请检查是否有值粘贴了两次；Token 的长度为数千字节。</translation>
  </message>
  <message>
   <source>Look it up, or paste it.</source>
   <translation>请查找，或粘贴。</translation>
  </message>
  <message>
   <source>Lost</source>
   <translation>丢失</translation>
  </message>
  <message>
   <source>MFA</source>
   <translation>MFA</translation>
  </message>
  <message>
   <source>MFA code</source>
   <translation>MFA 验证码</translation>
  </message>
  <message>
   <source>Made for</source>
   <translation>适用于</translation>
  </message>
  <message>
   <source>Manage the service</source>
   <translation>管理服务</translation>
  </message>
  <message>
   <source>Management address</source>
   <translation>管理地址</translation>
  </message>
  <message>
   <source>Many APIs stream only where the body says so: "stream": true.</source>
   <translation>许多 API 只有在正文写明 "stream": true 时才使用流式。</translation>
  </message>
  <message>
   <source>Meets {met} of {all}</source>
   <translation>{all} 项中 {met} 项达标</translation>
  </message>
  <message>
   <source>Meets {met} of {all}, {close} close</source>
   <translation>{all} 项中 {met} 项达标，{close} 项临界</translation>
  </message>
  <message>
   <source>Meets {met} of {all}, {unknown} unknown</source>
   <translation>{all} 项中 {met} 项达标，{unknown} 项未知</translation>
  </message>
  <message>
   <source>Megabytes</source>
   <translation>兆字节</translation>
  </message>
  <message>
   <source>Memory (MB)</source>
   <translation>内存（MB）</translation>
  </message>
  <message>
   <source>Mend its YAML in a text editor; a request saved by Streamscope shows what is expected.</source>
   <translation>请在文本编辑器中修正其 YAML；可参照 Streamscope 保存的请求。</translation>
  </message>
  <message>
   <source>Mend that line of its YAML in a text editor.</source>
   <translation>请在文本编辑器中修正其 YAML 的该行。</translation>
  </message>
  <message>
   <source>Mend the model's errors and send less; it opens again in a moment.</source>
   <translation>请修复模型的错误并减少发送；稍后会重新开放。</translation>
  </message>
  <message>
   <source>Messages</source>
   <translation>消息</translation>
  </message>
  <message>
   <source>Messages are compressed: {wire} bytes on the wire held {size}.</source>
   <translation>消息经过压缩：线路上的 {wire} 字节包含 {size} 字节。</translation>
  </message>
  <message>
   <source>Messages both ways on one open connection.</source>
   <translation>在一个打开的连接上双向收发消息。</translation>
  </message>
  <message>
   <source>Messages came in bursts: {n} of {all} shared their read with others.</source>
   <translation>消息成批到达：{all} 条中有 {n} 条与其他消息同属一次读取。</translation>
  </message>
  <message>
   <source>Messages came in steps of {ms} ms, {n} at a time.</source>
   <translation>消息每隔 {ms} 毫秒到达，每次 {n} 条。</translation>
  </message>
  <message>
   <source>Messages in one read</source>
   <translation>一次读取中的消息</translation>
  </message>
  <message>
   <source>Messages with content</source>
   <translation>有内容的消息</translation>
  </message>
  <message>
   <source>Metrics</source>
   <translation>指标</translation>
  </message>
  <message>
   <source>Minute</source>
   <translation>分钟</translation>
  </message>
  <message>
   <source>Minutes</source>
   <translation>分钟</translation>
  </message>
  <message>
   <source>Minutes, 3 to 120; empty: 20</source>
   <translation>分钟，3 到 120；为空则为 20</translation>
  </message>
  <message>
   <source>Missing instances</source>
   <translation>允许缺少的实例</translation>
  </message>
  <message>
   <source>Mistral conversations</source>
   <translation>Mistral conversations</translation>
  </message>
  <message>
   <source>Model</source>
   <translation>模型</translation>
  </message>
  <message>
   <source>Model Context Protocol</source>
   <translation>Model Context Protocol</translation>
  </message>
  <message>
   <source>Model services usually take POST.</source>
   <translation>模型服务通常使用 POST。</translation>
  </message>
  <message>
   <source>ModelArts</source>
   <translation>ModelArts</translation>
  </message>
  <message>
   <source>ModelArts classic prediction</source>
   <translation>ModelArts 经典预测</translation>
  </message>
  <message>
   <source>Models of the model library; Apps may call.</source>
   <translation>模型库中的模型；可用 App 调用。</translation>
  </message>
  <message>
   <source>Monitor</source>
   <translation>监控</translation>
  </message>
  <message>
   <source>More to do with the exchange…</source>
   <translation>交换的更多操作…</translation>
  </message>
  <message>
   <source>Most content shares its read with other: look at the gaps between reads.</source>
   <translation>大部分内容与其他内容同属一次读取：请看读取之间的间隔。</translation>
  </message>
  <message>
   <source>Move parameters into the body.</source>
   <translation>请把参数移到正文中。</translation>
  </message>
  <message>
   <source>My own</source>
   <translation>自定义</translation>
  </message>
  <message>
   <source>My own objectives</source>
   <translation>自定义目标</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>名称</translation>
  </message>
  <message>
   <source>Name lookup</source>
   <translation>名称解析</translation>
  </message>
  <message>
   <source>Name of a dedicated pool; empty: the public one</source>
   <translation>专属资源池的名称；为空则用公共资源池</translation>
  </message>
  <message>
   <source>Name one by its id: {ids}.</source>
   <translation>请用 ID 指定一个：{ids}。</translation>
  </message>
  <message>
   <source>Name or id; the region's own where empty.</source>
   <translation>名称或 ID；为空则用区域自身的项目。</translation>
  </message>
  <message>
   <source>Name or service not known</source>
   <translation>未知的名称或服务</translation>
  </message>
  <message>
   <source>Name the applications that may call it.</source>
   <translation>请指定可以调用它的 App。</translation>
  </message>
  <message>
   <source>Names</source>
   <translation>名称解析</translation>
  </message>
  <message>
   <source>Names are made of letters, digits, '_', '-' and '.'.</source>
   <translation>名称由字母、数字、“_”、“-”和“.”组成。</translation>
  </message>
  <message>
   <source>Names of the headers that come behind the body.</source>
   <translation>正文之后的头部的名称。</translation>
  </message>
  <message>
   <source>Names: up to 64 letters, digits, _, - and ., no digit at first; values without &lt; ^ &gt;.</source>
   <translation>名称：最多 64 个字母、数字、_、- 和 .，不能以数字开头；值中不含 &lt; ^ &gt;。</translation>
  </message>
  <message>
   <source>Nearly all of {n} messages came at once, {span} after the request{signs}: something held the stream back.</source>
   <translation>{n} 条消息几乎同时到达，在请求之后 {span}{signs}：有环节滞留了流。</translation>
  </message>
  <message>
   <source>Nested parts of a form are not supported: one was left out.</source>
   <translation>不支持表单的嵌套部分：已省略一个。</translation>
  </message>
  <message>
   <source>Network</source>
   <translation>网络</translation>
  </message>
  <message>
   <source>Network is unreachable</source>
   <translation>网络不可达</translation>
  </message>
  <message>
   <source>Never from</source>
   <translation>禁止来源</translation>
  </message>
  <message>
   <source>New folder</source>
   <translation>新建文件夹</translation>
  </message>
  <message>
   <source>New instances at once</source>
   <translation>同时新建的实例</translation>
  </message>
  <message>
   <source>New request</source>
   <translation>新建请求</translation>
  </message>
  <message>
   <source>New window</source>
   <translation>新建窗口</translation>
  </message>
  <message>
   <source>Next pane</source>
   <translation>下一个窗格</translation>
  </message>
  <message>
   <source>Next request</source>
   <translation>下一个请求</translation>
  </message>
  <message>
   <source>No AppSecret was given: the key is sent unsigned, as 'apikey'.</source>
   <translation>没有给出 AppSecret：Key 不签名，以“apikey”发送。</translation>
  </message>
  <message>
   <source>No TLS verification</source>
   <translation>不验证 TLS</translation>
  </message>
  <message>
   <source>No connection</source>
   <translation>无连接</translation>
  </message>
  <message>
   <source>No connection to the proxy {place}: {message}</source>
   <translation>无法连接代理 {place}：{message}</translation>
  </message>
  <message>
   <source>No connection to {place}: {reason}.</source>
   <translation>无法连接 {place}：{reason}。</translation>
  </message>
  <message>
   <source>No free connection to {place} in time.</source>
   <translation>没有及时得到通往 {place} 的空闲连接。</translation>
  </message>
  <message>
   <source>No instance of the service is available.</source>
   <translation>服务没有可用的实例。</translation>
  </message>
  <message>
   <source>No project is known.</source>
   <translation>未知项目。</translation>
  </message>
  <message>
   <source>No request was sent.</source>
   <translation>没有发送请求。</translation>
  </message>
  <message>
   <source>No route leads to {place}.</source>
   <translation>没有通往 {place} 的路由。</translation>
  </message>
  <message>
   <source>No route to host</source>
   <translation>没有到主机的路由</translation>
  </message>
  <message>
   <source>No server should send this code.</source>
   <translation>任何服务器都不应发送该代码。</translation>
  </message>
  <message>
   <source>No service is listed yet.</source>
   <translation>尚未列出任何服务。</translation>
  </message>
  <message>
   <source>No space left on device</source>
   <translation>设备上没有剩余空间</translation>
  </message>
  <message>
   <source>No such file or directory</source>
   <translation>没有这样的文件或目录</translation>
  </message>
  <message>
   <source>No token came for {span}, but {n} keep-alives: the server lives, the model stood still.</source>
   <translation>{span}内没有 token 到达，但有 {n} 次保活：服务器存活，模型停顿。</translation>
  </message>
  <message>
   <source>No usage came: messages with content are counted, and one may hold several tokens or a part of one.</source>
   <translation>没有返回用量：按有内容的消息计数，一条可能含多个 token 或其中一部分。</translation>
  </message>
  <message>
   <source>Nobody known vouches for it ({reason}); it was accepted by its fingerprint.</source>
   <translation>没有已知机构为其担保（{reason}）；已按指纹接受。</translation>
  </message>
  <message>
   <source>Nobody waits for the keyring any more.</source>
   <translation>已不再等待密钥环。</translation>
  </message>
  <message>
   <source>None</source>
   <translation>无</translation>
  </message>
  <message>
   <source>None (identity)</source>
   <translation>无（identity）</translation>
  </message>
  <message>
   <source>Not a directory</source>
   <translation>这不是目录</translation>
  </message>
  <message>
   <source>Not authenticated, since it is another origin</source>
   <translation>未认证，因为属于另一个源</translation>
  </message>
  <message>
   <source>Not known: no answer told.</source>
   <translation>未知：没有响应说明。</translation>
  </message>
  <message>
   <source>Not reached: the chain breaks at {link}.</source>
   <translation>未到达：链路在“{link}”处中断。</translation>
  </message>
  <message>
   <source>Note</source>
   <translation>备注</translation>
  </message>
  <message>
   <source>Nothing came for {seconds} s.</source>
   <translation>{seconds} 秒内没有收到任何内容。</translation>
  </message>
  <message>
   <source>Nothing came for {span}.</source>
   <translation>{span}内没有任何内容到达。</translation>
  </message>
  <message>
   <source>Nothing is added to the request.</source>
   <translation>请求中不添加任何内容。</translation>
  </message>
  <message>
   <source>Nothing is being deployed or upgraded.</source>
   <translation>没有正在进行的部署或升级。</translation>
  </message>
  <message>
   <source>Nothing is changed.</source>
   <translation>没有任何更改。</translation>
  </message>
  <message>
   <source>Nothing is different from what the service is.</source>
   <translation>与服务现状没有任何不同。</translation>
  </message>
  <message>
   <source>Nothing is lost. A server whose idle time is longer than its gateway's avoids it.</source>
   <translation>没有丢失任何内容。服务器的空闲时间若长于网关的空闲时间，即可避免此情况。</translation>
  </message>
  <message>
   <source>Nothing is wrong here; clients that decode each piece by itself would show broken text.</source>
   <translation>这里没有错误；单独解码每一片的客户端会显示乱码。</translation>
  </message>
  <message>
   <source>Nothing listens at {place}: the connection was refused.</source>
   <translation>{place} 没有程序在监听：连接被拒绝。</translation>
  </message>
  <message>
   <source>Nothing listens on the port that the deployment names.</source>
   <translation>没有程序监听部署中指定的端口。</translation>
  </message>
  <message>
   <source>Nothing to sign in to: the services are listed by hand.</source>
   <translation>无需登录：服务是手动列出的。</translation>
  </message>
  <message>
   <source>Nothing was opened that this ) closes</source>
   <translation>此 ) 没有对应的开括号</translation>
  </message>
  <message>
   <source>Nothing was taken of what was offered: {offered}.</source>
   <translation>所提供的均未采用：{offered}。</translation>
  </message>
  <message>
   <source>Nothing: anybody may call</source>
   <translation>无：任何人都可以调用</translation>
  </message>
  <message>
   <source>Objectives</source>
   <translation>目标</translation>
  </message>
  <message>
   <source>Of an old dedicated pool</source>
   <translation>旧版专属资源池的集群</translation>
  </message>
  <message>
   <source>Off</source>
   <translation>关</translation>
  </message>
  <message>
   <source>Off shows what a server does with a client that went silent.</source>
   <translation>关闭后可观察服务器如何处理静默的客户端。</translation>
  </message>
  <message>
   <source>Offer compression</source>
   <translation>提供压缩</translation>
  </message>
  <message>
   <source>Offered when TLS is agreed on; over plain HTTP it is spoken at once (RFC 9113, section 3.3).</source>
   <translation>协商 TLS 时提供；在普通 HTTP 上直接使用（RFC 9113 第 3.3 节）。</translation>
  </message>
  <message>
   <source>Often an authentication or quota that the model itself checks.</source>
   <translation>往往是由模型自身检查的认证或配额。</translation>
  </message>
  <message>
   <source>Ollama</source>
   <translation>Ollama</translation>
  </message>
  <message>
   <source>On this channel nothing checks the authentication: it is sent all the same.</source>
   <translation>该通道上没有任何环节检查认证：仍会照常发送。</translation>
  </message>
  <message>
   <source>One a line, 10 at most.</source>
   <translation>每行一个，最多 10 个。</translation>
  </message>
  <message>
   <source>One a line, up to 10: https://DOMAIN/PATH, also with http, ws or wss.</source>
   <translation>每行一个，最多 10 个：https://DOMAIN/PATH，也可用 http、ws 或 wss。</translation>
  </message>
  <message>
   <source>One a line: NAME URL, or just the URL.</source>
   <translation>每行一个：NAME URL，或只写 URL。</translation>
  </message>
  <message>
   <source>One header is over 32 KB, or all are over 128 KB.</source>
   <translation>某个头部超过 32 KB，或全部头部超过 128 KB。</translation>
  </message>
  <message>
   <source>One name of an application a line</source>
   <translation>每行一个 App 名称</translation>
  </message>
  <message>
   <source>One request, one whole answer.</source>
   <translation>一个请求，一个完整的响应。</translation>
  </message>
  <message>
   <source>One request, then each event as it comes.</source>
   <translation>一个请求，随后事件逐个到达。</translation>
  </message>
  <message>
   <source>One service</source>
   <translation>单个服务</translation>
  </message>
  <message>
   <source>One side wrote wrong frames.</source>
   <translation>有一方写出了错误的帧。</translation>
  </message>
  <message>
   <source>Only Basic sign-in is supported (-u): the user was left out.</source>
   <translation>仅支持 Basic 登录（-u）：用户已省略。</translation>
  </message>
  <message>
   <source>Only from</source>
   <translation>仅允许来源</translation>
  </message>
  <message>
   <source>Only the first of several requests (--next) was taken.</source>
   <translation>只采用了多个请求（--next）中的第一个。</translation>
  </message>
  <message>
   <source>Only where it is not the region's own.</source>
   <translation>仅当它不是区域自身的地址时填写。</translation>
  </message>
  <message>
   <source>Only with a temporary key.</source>
   <translation>仅用于临时密钥。</translation>
  </message>
  <message>
   <source>Only workspaces with an identity service have them.</source>
   <translation>只有带统一身份认证服务的工作区才有项目。</translation>
  </message>
  <message>
   <source>Open a collection folder…</source>
   <translation>打开集合文件夹…</translation>
  </message>
  <message>
   <source>Open drafts cannot be kept: {reason}.</source>
   <translation>无法保留打开的请求：{reason}。</translation>
  </message>
  <message>
   <source>Open it with that one; this one leaves it as it is.</source>
   <translation>请用那个版本打开；此版本保持其原样。</translation>
  </message>
  <message>
   <source>Open the credentials</source>
   <translation>打开凭据</translation>
  </message>
  <message>
   <source>OpenAI Realtime</source>
   <translation>OpenAI Realtime</translation>
  </message>
  <message>
   <source>OpenAI Responses</source>
   <translation>OpenAI Responses</translation>
  </message>
  <message>
   <source>OpenAI chat completions</source>
   <translation>OpenAI chat completions</translation>
  </message>
  <message>
   <source>OpenAI completions</source>
   <translation>OpenAI completions</translation>
  </message>
  <message>
   <source>Operation not permitted</source>
   <translation>不允许的操作</translation>
  </message>
  <message>
   <source>Other</source>
   <translation>其他</translation>
  </message>
  <message>
   <source>Other clients lose it: the server wrote it without 'data:' in front.</source>
   <translation>其他客户端会丢失它：服务器写出时前面没有“data:”。</translation>
  </message>
  <message>
   <source>Other ways to the same service, such as HTTP/3.</source>
   <translation>通往同一服务的其他途径，例如 HTTP/3。</translation>
  </message>
  <message>
   <source>Output</source>
   <translation>输出</translation>
  </message>
  <message>
   <source>Overview</source>
   <translation>概览</translation>
  </message>
  <message>
   <source>Parts such as 0.5 are possible.</source>
   <translation>可以是小数，例如 0.5。</translation>
  </message>
  <message>
   <source>Password</source>
   <translation>密码</translation>
  </message>
  <message>
   <source>Paste a command that begins with curl, such as: curl https://host/path.</source>
   <translation>请粘贴以 curl 开头的命令，例如：curl https://host/path。</translation>
  </message>
  <message>
   <source>Pause the views, or go on</source>
   <translation>暂停或继续视图</translation>
  </message>
  <message>
   <source>Per cent of the desktop's, 70 to 200.</source>
   <translation>桌面字号的百分比，70 到 200。</translation>
  </message>
  <message>
   <source>Percent of the calls; all together 100</source>
   <translation>调用的百分比；合计 100</translation>
  </message>
  <message>
   <source>Permission</source>
   <translation>权限</translation>
  </message>
  <message>
   <source>Permission denied</source>
   <translation>权限不足</translation>
  </message>
  <message>
   <source>Ping round trip</source>
   <translation>ping 往返</translation>
  </message>
  <message>
   <source>Pool id</source>
   <translation>资源池 ID</translation>
  </message>
  <message>
   <source>Port</source>
   <translation>端口</translation>
  </message>
  <message>
   <source>Port {port} cannot be had: {reason}.</source>
   <translation>无法使用端口 {port}：{reason}。</translation>
  </message>
  <message>
   <source>Portion</source>
   <translation>部分</translation>
  </message>
  <message>
   <source>Pretty</source>
   <translation>排版</translation>
  </message>
  <message>
   <source>Preview</source>
   <translation>预览</translation>
  </message>
  <message>
   <source>Preview what will leave</source>
   <translation>预览将发送的内容</translation>
  </message>
  <message>
   <source>Previous pane</source>
   <translation>上一个窗格</translation>
  </message>
  <message>
   <source>Previous request</source>
   <translation>上一个请求</translation>
  </message>
  <message>
   <source>Priority</source>
   <translation>优先级</translation>
  </message>
  <message>
   <source>Project</source>
   <translation>项目</translation>
  </message>
  <message>
   <source>Project id</source>
   <translation>项目 ID</translation>
  </message>
  <message>
   <source>Protocol</source>
   <translation>协议</translation>
  </message>
  <message>
   <source>Protocol, port and path where the container tells its own: http,8080,metrics.</source>
   <translation>容器提供自身指标的协议、端口和路径：http,8080,metrics。</translation>
  </message>
  <message>
   <source>Proves that the server took up this very handshake: made of the key that was sent.</source>
   <translation>证明服务器确实处理了此次握手：由所发送的 Key 生成。</translation>
  </message>
  <message>
   <source>Proxies and gateways on the way. Each may hold a stream back.</source>
   <translation>途中的代理和网关。每一个都可能滞留流。</translation>
  </message>
  <message>
   <source>Proxy</source>
   <translation>代理</translation>
  </message>
  <message>
   <source>Public network</source>
   <translation>公网</translation>
  </message>
  <message>
   <source>Put plain ones, ' or ", in the place of “ ” ‘ ’: word processors and chats replace them.</source>
   <translation>请用直引号 ' 或 " 代替 “ ” ‘ ’：文字处理软件和聊天工具会替换它们。</translation>
  </message>
  <message>
   <source>Python file</source>
   <translation>Python 文件</translation>
  </message>
  <message>
   <source>Quit</source>
   <translation>退出</translation>
  </message>
  <message>
   <source>Rate limit</source>
   <translation>限流</translation>
  </message>
  <message>
   <source>Rate limit per</source>
   <translation>限流单位</translation>
  </message>
  <message>
   <source>Raw</source>
   <translation>原始</translation>
  </message>
  <message>
   <source>Raw payloads</source>
   <translation>原始载荷</translation>
  </message>
  <message>
   <source>Read its last words in the log, mend it, then update or start again.</source>
   <translation>请查看日志中它最后的输出，修复后更新或重新启动。</translation>
  </message>
  <message>
   <source>Read the body: it often names the field.</source>
   <translation>请查看正文：其中往往指出了具体字段。</translation>
  </message>
  <message>
   <source>Read the events and the log: the platform told nothing that is known here.</source>
   <translation>请查看事件和日志：平台给出的内容都无法在此识别。</translation>
  </message>
  <message>
   <source>Read the list again.</source>
   <translation>请重新读取列表。</translation>
  </message>
  <message>
   <source>Read the message, and look at the service's state.</source>
   <translation>请阅读消息，并查看服务的状态。</translation>
  </message>
  <message>
   <source>Read the message: it names the parameter.</source>
   <translation>请阅读消息：其中指明了参数。</translation>
  </message>
  <message>
   <source>Read the platform's text: it names the parameter.</source>
   <translation>请阅读平台的说明：其中指出了参数。</translation>
  </message>
  <message>
   <source>Read the service's logs.</source>
   <translation>请查看服务的日志。</translation>
  </message>
  <message>
   <source>Read the services again</source>
   <translation>重新读取服务</translation>
  </message>
  <message>
   <source>Read the services again to start it.</source>
   <translation>请重新读取服务以启动它。</translation>
  </message>
  <message>
   <source>Read-only file system</source>
   <translation>文件系统为只读</translation>
  </message>
  <message>
   <source>Readiness check</source>
   <translation>就绪检查</translation>
  </message>
  <message>
   <source>Reading the model's answer timed out.</source>
   <translation>读取模型的响应超时。</translation>
  </message>
  <message>
   <source>Reads brought {n} bytes on average.</source>
   <translation>平均每次读取 {n} 字节。</translation>
  </message>
  <message>
   <source>Ready within</source>
   <translation>就绪时限</translation>
  </message>
  <message>
   <source>Real-time services of a region and project, old and new generation.</source>
   <translation>某区域和项目的在线服务，包括新旧两代。</translation>
  </message>
  <message>
   <source>Reasoning was counted but not shown: the time for one token is smaller than a reader sees.</source>
   <translation>推理内容被计数但未显示：单个 token 的时间比读者看到的更短。</translation>
  </message>
  <message>
   <source>Receive</source>
   <translation>接收</translation>
  </message>
  <message>
   <source>Reconnect</source>
   <translation>重新连接</translation>
  </message>
  <message>
   <source>Reconnect after a normal close, too</source>
   <translation>正常关闭后也重新连接</translation>
  </message>
  <message>
   <source>Recordings</source>
   <translation>记录</translation>
  </message>
  <message>
   <source>Recordings are kept as long as the settings say.</source>
   <translation>记录的保留时间由设置决定。</translation>
  </message>
  <message>
   <source>Redirected</source>
   <translation>已重定向</translation>
  </message>
  <message>
   <source>Redirects and cookies</source>
   <translation>重定向和 Cookie</translation>
  </message>
  <message>
   <source>Redirects followed</source>
   <translation>跟随重定向次数</translation>
  </message>
  <message>
   <source>Refresh the list and look for it.</source>
   <translation>请刷新列表并在其中查找。</translation>
  </message>
  <message>
   <source>Refresh the list, then try again.</source>
   <translation>请刷新列表，然后重试。</translation>
  </message>
  <message>
   <source>Refresh the list: somebody may have deleted it.</source>
   <translation>请刷新列表：可能已被他人删除。</translation>
  </message>
  <message>
   <source>Region</source>
   <translation>区域</translation>
  </message>
  <message>
   <source>Remove one of the two in a text editor.</source>
   <translation>请在文本编辑器中移除其中之一。</translation>
  </message>
  <message>
   <source>Remove the tag in a text editor.</source>
   <translation>请在文本编辑器中移除该标签。</translation>
  </message>
  <message>
   <source>Reopen closed request</source>
   <translation>重新打开关闭的请求</translation>
  </message>
  <message>
   <source>Repeat only one of the two, or write ++ or *+ for the inner one.</source>
   <translation>请只重复其中之一，或对内层使用 ++ 或 *+。</translation>
  </message>
  <message>
   <source>Replaces the one of the image.</source>
   <translation>替换镜像自带的命令。</translation>
  </message>
  <message>
   <source>Request</source>
   <translation>请求</translation>
  </message>
  <message>
   <source>Request size (MB)</source>
   <translation>请求大小（MB）</translation>
  </message>
  <message>
   <source>Requests from this address are not let in.</source>
   <translation>不允许来自此地址的请求。</translation>
  </message>
  <message>
   <source>Reranking</source>
   <translation>重排序</translation>
  </message>
  <message>
   <source>Resolve names</source>
   <translation>名称解析</translation>
  </message>
  <message>
   <source>Resource pool</source>
   <translation>资源池</translation>
  </message>
  <message>
   <source>Restart</source>
   <translation>重启</translation>
  </message>
  <message>
   <source>Restart an instance of “{name}”?</source>
   <translation>重启“{name}”的一个实例？</translation>
  </message>
  <message>
   <source>Restart instance</source>
   <translation>重启实例</translation>
  </message>
  <message>
   <source>Restart the instance</source>
   <translation>重启实例</translation>
  </message>
  <message>
   <source>Restarts</source>
   <translation>重启次数</translation>
  </message>
  <message>
   <source>Restore it from git, or delete it.</source>
   <translation>请从 git 恢复，或将其删除。</translation>
  </message>
  <message>
   <source>Route</source>
   <translation>路由</translation>
  </message>
  <message>
   <source>SGLang generate</source>
   <translation>SGLang generate</translation>
  </message>
  <message>
   <source>SHA-256</source>
   <translation>SHA-256 指纹</translation>
  </message>
  <message>
   <source>SHA-256 of nothing: there is no body.</source>
   <translation>空内容的 SHA-256：没有正文。</translation>
  </message>
  <message>
   <source>SHA-256 of the body as it left; here a secret in it is masked.</source>
   <translation>正文发出时的 SHA-256；此处正文中的机密已遮盖。</translation>
  </message>
  <message>
   <source>SHA-256 of the body's {size} bytes.</source>
   <translation>正文 {size} 字节的 SHA-256。</translation>
  </message>
  <message>
   <source>SHA-256 of the body's {size} bytes: checked, it is.</source>
   <translation>正文 {size} 字节的 SHA-256：已核对，一致。</translation>
  </message>
  <message>
   <source>SHA-256 of the body, which is not in the recording.</source>
   <translation>正文的 SHA-256；正文不在记录中。</translation>
  </message>
  <message>
   <source>SHA-256 of the canonical request above: checked, it is.</source>
   <translation>上述规范请求的 SHA-256：已核对，一致。</translation>
  </message>
  <message>
   <source>SHA-256 of the canonical request as it was; above, a secret in it is masked.</source>
   <translation>规范请求原文的 SHA-256；上文中的机密已遮盖。</translation>
  </message>
  <message>
   <source>SHA-256 of the canonical request.</source>
   <translation>规范请求的 SHA-256。</translation>
  </message>
  <message>
   <source>Sandbox</source>
   <translation>沙箱</translation>
  </message>
  <message>
   <source>Save</source>
   <translation>保存</translation>
  </message>
  <message>
   <source>Save as…</source>
   <translation>另存为…</translation>
  </message>
  <message>
   <source>Save it as UTF-8 in a text editor.</source>
   <translation>请在文本编辑器中将其保存为 UTF-8。</translation>
  </message>
  <message>
   <source>Scale</source>
   <translation>扩缩容</translation>
  </message>
  <message>
   <source>Scale the service…</source>
   <translation>扩缩容服务…</translation>
  </message>
  <message>
   <source>Scale…</source>
   <translation>扩缩容…</translation>
  </message>
  <message>
   <source>Scope: project {project}</source>
   <translation>范围：项目 {project}</translation>
  </message>
  <message>
   <source>Second</source>
   <translation>秒</translation>
  </message>
  <message>
   <source>Seconds before reconnecting</source>
   <translation>重连前的秒数</translation>
  </message>
  <message>
   <source>Seconds for which the answer has lain in a cache.</source>
   <translation>响应在缓存中存留的秒数。</translation>
  </message>
  <message>
   <source>Seconds from the start.</source>
   <translation>从启动起的秒数。</translation>
  </message>
  <message>
   <source>Seconds of a stream</source>
   <translation>流的秒数</translation>
  </message>
  <message>
   <source>Seconds, at least 1.</source>
   <translation>秒数，至少 1。</translation>
  </message>
  <message>
   <source>Secret key (SK)</source>
   <translation>密钥（SK）</translation>
  </message>
  <message>
   <source>Security group id</source>
   <translation>安全组 ID</translation>
  </message>
  <message>
   <source>Security token</source>
   <translation>安全令牌</translation>
  </message>
  <message>
   <source>Send</source>
   <translation>发送</translation>
  </message>
  <message>
   <source>Send again</source>
   <translation>再次发送</translation>
  </message>
  <message>
   <source>Send again with twice the time</source>
   <translation>以两倍时间再次发送</translation>
  </message>
  <message>
   <source>Send again. The model's server should keep idle connections longer than the gateway (--keep-alive).</source>
   <translation>请重新发送。模型服务器保持空闲连接的时间应长于网关（--keep-alive）。</translation>
  </message>
  <message>
   <source>Send again: a new token is fetched. A token copied by hand must be replaced.</source>
   <translation>请重新发送：会获取新的 Token。手动复制的 Token 必须更换。</translation>
  </message>
  <message>
   <source>Send all the same</source>
   <translation>仍然发送</translation>
  </message>
  <message>
   <source>Send it although the platform says that it takes less.</source>
   <translation>即使平台声明只接受较小的正文，也照样发送。</translation>
  </message>
  <message>
   <source>Send it as binary.</source>
   <translation>请以二进制发送。</translation>
  </message>
  <message>
   <source>Send keep-alives from the model, or raise the proxy's read timeout (nginx, load balancer).</source>
   <translation>请由模型发送保活内容，或提高代理（nginx、负载均衡）的读超时。</translation>
  </message>
  <message>
   <source>Send less, or raise the service's request size limit.</source>
   <translation>请减少发送的内容，或提高服务的请求大小限制。</translation>
  </message>
  <message>
   <source>Send less.</source>
   <translation>请减少发送的内容。</translation>
  </message>
  <message>
   <source>Send less; a file may be passed by address instead.</source>
   <translation>请减少发送的内容；文件也可以改为传地址。</translation>
  </message>
  <message>
   <source>Send rate_limit with it.</source>
   <translation>请一并发送 rate_limit。</translation>
  </message>
  <message>
   <source>Send smaller messages.</source>
   <translation>请发送更小的消息。</translation>
  </message>
  <message>
   <source>Send the exchange in front again</source>
   <translation>再次发送当前交换</translation>
  </message>
  <message>
   <source>Send them over plain http, where everyone on the way can read them.</source>
   <translation>通过明文 http 发送凭据，途中的任何人都能读取。</translation>
  </message>
  <message>
   <source>Send to the new address</source>
   <translation>发送到新地址</translation>
  </message>
  <message>
   <source>Send what the host has set in this session.</source>
   <translation>发送主机在本次会话中设置的 Cookie。</translation>
  </message>
  <message>
   <source>Send without a proxy</source>
   <translation>不经代理发送</translation>
  </message>
  <message>
   <source>Send without checking the certificate</source>
   <translation>不检查证书并发送</translation>
  </message>
  <message>
   <source>Sending</source>
   <translation>发送</translation>
  </message>
  <message>
   <source>Sends the code of an App in a header; it never expires by itself.</source>
   <translation>在头部发送 App 的代码；本身永不过期。</translation>
  </message>
  <message>
   <source>Sends the key as a bearer in the Authorization header.</source>
   <translation>在 Authorization 头部以 Bearer 发送密钥。</translation>
  </message>
  <message>
   <source>Sends the token in the Authorization header.</source>
   <translation>在 Authorization 头部发送 Token。</translation>
  </message>
  <message>
   <source>Sends user name and password in the Authorization header.</source>
   <translation>在 Authorization 头部发送用户名和密码。</translation>
  </message>
  <message>
   <source>Sent from disk</source>
   <translation>从磁盘发送</translation>
  </message>
  <message>
   <source>Separated by commas, the best one first.</source>
   <translation>用逗号分隔，优先者在前。</translation>
  </message>
  <message>
   <source>Sequence number</source>
   <translation>序号</translation>
  </message>
  <message>
   <source>Serial number</source>
   <translation>序列号</translation>
  </message>
  <message>
   <source>Server-Sent Events</source>
   <translation>Server-Sent Events</translation>
  </message>
  <message>
   <source>Server: loading the model</source>
   <translation>服务器：加载模型</translation>
  </message>
  <message>
   <source>Server: queue</source>
   <translation>服务器：排队</translation>
  </message>
  <message>
   <source>Server: reading the prompt</source>
   <translation>服务器：读取提示</translation>
  </message>
  <message>
   <source>Server: total</source>
   <translation>服务器：总计</translation>
  </message>
  <message>
   <source>Server: writing</source>
   <translation>服务器：书写</translation>
  </message>
  <message>
   <source>Service</source>
   <translation>服务</translation>
  </message>
  <message>
   <source>Services</source>
   <translation>服务</translation>
  </message>
  <message>
   <source>Services may be listed</source>
   <translation>可以列出服务</translation>
  </message>
  <message>
   <source>Services of '{name}' cannot be managed from here.</source>
   <translation>无法在此管理“{name}”的服务。</translation>
  </message>
  <message>
   <source>Services: {count}</source>
   <translation>服务：{count}</translation>
  </message>
  <message>
   <source>Session</source>
   <translation>会话</translation>
  </message>
  <message>
   <source>Set the Content-Type that the model reads.</source>
   <translation>请设置模型能够读取的 Content-Type。</translation>
  </message>
  <message>
   <source>Set the clock: signatures are refused beyond 15 minutes, and tokens seem expired.</source>
   <translation>请校准时钟：偏差超过 15 分钟签名会被拒绝，Token 也会显得已过期。</translation>
  </message>
  <message>
   <source>Set this machine's clock, or leave the X-Sdk-Date header to Streamscope.</source>
   <translation>请校准本机时钟，或让 Streamscope 填写 X-Sdk-Date 头部。</translation>
  </message>
  <message>
   <source>Set this machine's clock; the system can keep it right by itself (NTP).</source>
   <translation>请校准本机时钟；系统可自动保持准确（NTP）。</translation>
  </message>
  <message>
   <source>Settings…</source>
   <translation>设置…</translation>
  </message>
  <message>
   <source>Several models share the calls by their weights; two must not be the same version.</source>
   <translation>多个模型按权重分担调用；不能有两个是同一版本。</translation>
  </message>
  <message>
   <source>Severity</source>
   <translation>严重程度</translation>
  </message>
  <message>
   <source>Shortcuts</source>
   <translation>快捷键</translation>
  </message>
  <message>
   <source>Show or hide the request's sheets</source>
   <translation>显示或隐藏请求的各页</translation>
  </message>
  <message>
   <source>Show or hide the sidebar</source>
   <translation>显示或隐藏侧栏</translation>
  </message>
  <message>
   <source>Sidebar left or right</source>
   <translation>侧栏居左或居右</translation>
  </message>
  <message>
   <source>Sign in again</source>
   <translation>重新登录</translation>
  </message>
  <message>
   <source>Sign in again and type the six digits that the MFA device shows.</source>
   <translation>请重新登录，并输入 MFA 设备显示的六位数字。</translation>
  </message>
  <message>
   <source>Sign in again; check the workspace's credential and its region.</source>
   <translation>请重新登录；检查工作区的凭据及其区域。</translation>
  </message>
  <message>
   <source>Sign in with the account and project of the service's owner.</source>
   <translation>请以服务所有者的账号和项目登录。</translation>
  </message>
  <message>
   <source>Sign in with the account of its owner.</source>
   <translation>请以其所有者的账号登录。</translation>
  </message>
  <message>
   <source>Sign-in</source>
   <translation>登录</translation>
  </message>
  <message>
   <source>Sign-in: {domain} / {user}</source>
   <translation>登录：{domain} / {user}</translation>
  </message>
  <message>
   <source>Signature</source>
   <translation>签名</translation>
  </message>
  <message>
   <source>Signs in with</source>
   <translation>登录方式</translation>
  </message>
  <message>
   <source>Signs method, host, path, query, headers and body; bodies up to 12 MB.</source>
   <translation>对方法、主机、路径、查询、头部和正文签名；正文最大 12 MB。</translation>
  </message>
  <message>
   <source>Signs with AppKey and AppSecret; with the key alone, sends it as 'apikey'.</source>
   <translation>以 AppKey 和 AppSecret 签名；只有 Key 时以“apikey”发送。</translation>
  </message>
  <message>
   <source>Since</source>
   <translation>开始于</translation>
  </message>
  <message>
   <source>Slow down, or raise its limit.</source>
   <translation>请放慢速度，或提高其限制。</translation>
  </message>
  <message>
   <source>Slow down, or raise the limit.</source>
   <translation>请放慢速度，或提高限制。</translation>
  </message>
  <message>
   <source>Slow down.</source>
   <translation>请放慢速度。</translation>
  </message>
  <message>
   <source>Socket reads</source>
   <translation>套接字读取</translation>
  </message>
  <message>
   <source>Something between the gateway and the model failed.</source>
   <translation>网关与模型之间的某个环节失败。</translation>
  </message>
  <message>
   <source>Something collects them for a fixed time before it sends.</source>
   <translation>某个环节在发送前按固定时间进行收集。</translation>
  </message>
  <message>
   <source>Something is missing that this action needs.</source>
   <translation>缺少此操作所需的内容。</translation>
  </message>
  <message>
   <source>Something to look for is missing here</source>
   <translation>此处缺少要查找的内容</translation>
  </message>
  <message>
   <source>Something went wrong inside of Streamscope: {error}</source>
   <translation>Streamscope 内部出现错误：{error}</translation>
  </message>
  <message>
   <source>Source</source>
   <translation>来源</translation>
  </message>
  <message>
   <source>Specification</source>
   <translation>规格</translation>
  </message>
  <message>
   <source>Speed end to end</source>
   <translation>端到端速度</translation>
  </message>
  <message>
   <source>Speed for one user</source>
   <translation>单用户速度</translation>
  </message>
  <message>
   <source>Stalls</source>
   <translation>停顿</translation>
  </message>
  <message>
   <source>Standard input from a file is not read.</source>
   <translation>不读取来自文件的标准输入。</translation>
  </message>
  <message>
   <source>Start</source>
   <translation>启动</translation>
  </message>
  <message>
   <source>Start it again.</source>
   <translation>请重新启动它。</translation>
  </message>
  <message>
   <source>Start it by hand to see why: streamscope sandbox.</source>
   <translation>请手动启动以查看原因：streamscope sandbox。</translation>
  </message>
  <message>
   <source>Start the service</source>
   <translation>启动服务</translation>
  </message>
  <message>
   <source>Start the service, then call again; a restarted one may have a new address.</source>
   <translation>请启动服务后再调用；重启后的服务地址可能不同。</translation>
  </message>
  <message>
   <source>Startup check</source>
   <translation>启动检查</translation>
  </message>
  <message>
   <source>Status</source>
   <translation>状态</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>停止</translation>
  </message>
  <message>
   <source>Stop by itself after</source>
   <translation>多久后自动停止</translation>
  </message>
  <message>
   <source>Stop the service…</source>
   <translation>停止服务…</translation>
  </message>
  <message>
   <source>Stop “{name}”?</source>
   <translation>停止“{name}”？</translation>
  </message>
  <message>
   <source>Stopped</source>
   <translation>已停止</translation>
  </message>
  <message>
   <source>Stopped.</source>
   <translation>已停止。</translation>
  </message>
  <message>
   <source>Straight to the instance, past the platform: nothing checks the authentication.</source>
   <translation>直达实例，绕过平台：没有环节检查认证。</translation>
  </message>
  <message>
   <source>Stream, send keep-alives, or go around the content delivery network.</source>
   <translation>请使用流式、发送保活内容，或绕过内容分发网络。</translation>
  </message>
  <message>
   <source>String to sign</source>
   <translation>待签字符串</translation>
  </message>
  <message>
   <source>Subject</source>
   <translation>主体</translation>
  </message>
  <message>
   <source>Subnet id</source>
   <translation>子网 ID</translation>
  </message>
  <message>
   <source>Subnet's network id</source>
   <translation>子网的网络 ID</translation>
  </message>
  <message>
   <source>Subprotocols</source>
   <translation>子协议</translation>
  </message>
  <message>
   <source>Subprotocols: offered in the request, one of them chosen in the answer.</source>
   <translation>子协议：请求中提供，响应中选定其一。</translation>
  </message>
  <message>
   <source>Subscribe to it, or call a service of the account's own.</source>
   <translation>请订阅，或调用账号自己的服务。</translation>
  </message>
  <message>
   <source>Such a file is made with Export in the window, or with: streamscope workspaces export.</source>
   <translation>此类文件由窗口中的“导出”生成，或使用命令：streamscope workspaces export。</translation>
  </message>
  <message>
   <source>Summary</source>
   <translation>摘要</translation>
  </message>
  <message>
   <source>Switch</source>
   <translation>切换</translation>
  </message>
  <message>
   <source>Switch to this version</source>
   <translation>切换到此版本</translation>
  </message>
  <message>
   <source>Switch version</source>
   <translation>切换版本</translation>
  </message>
  <message>
   <source>Switch “{name}” to another version?</source>
   <translation>将“{name}”切换到另一版本？</translation>
  </message>
  <message>
   <source>TLS</source>
   <translation>TLS</translation>
  </message>
  <message>
   <source>TLS failure</source>
   <translation>TLS 失败</translation>
  </message>
  <message>
   <source>Tags</source>
   <translation>标签</translation>
  </message>
  <message>
   <source>Take it out.</source>
   <translation>请将其去掉。</translation>
  </message>
  <message>
   <source>Take the whole token of this region's identity service, without a line break.</source>
   <translation>请使用该区域统一身份认证服务返回的完整 Token，不要带换行。</translation>
  </message>
  <message>
   <source>Take the whole token, without a line break.</source>
   <translation>请使用完整的 Token，不要带换行。</translation>
  </message>
  <message>
   <source>Taken of what was offered: {offered}.</source>
   <translation>从所提供的中采用：{offered}。</translation>
  </message>
  <message>
   <source>Task</source>
   <translation>任务</translation>
  </message>
  <message>
   <source>Tells that the call comes from Streamscope.</source>
   <translation>表明该调用来自 Streamscope。</translation>
  </message>
  <message>
   <source>Text</source>
   <translation>文本</translation>
  </message>
  <message>
   <source>Text Generation Inference</source>
   <translation>Text Generation Inference</translation>
  </message>
  <message>
   <source>Text file busy</source>
   <translation>文件正被使用</translation>
  </message>
  <message>
   <source>Text generation</source>
   <translation>文本生成</translation>
  </message>
  <message>
   <source>Text messages must be UTF-8.</source>
   <translation>文本消息必须是 UTF-8。</translation>
  </message>
  <message>
   <source>Text size</source>
   <translation>文字大小</translation>
  </message>
  <message>
   <source>The API is published for another protocol.</source>
   <translation>该 API 以其他协议发布。</translation>
  </message>
  <message>
   <source>The API key is not bound to this service.</source>
   <translation>API Key 没有绑定到该服务。</translation>
  </message>
  <message>
   <source>The App is frozen.</source>
   <translation>App 已被冻结。</translation>
  </message>
  <message>
   <source>The App is not authorised for this service.</source>
   <translation>App 没有获得该服务的授权。</translation>
  </message>
  <message>
   <source>The App is not bound to this service.</source>
   <translation>App 没有绑定到该服务。</translation>
  </message>
  <message>
   <source>The App may not be used from this address.</source>
   <translation>不允许从该地址使用此 App。</translation>
  </message>
  <message>
   <source>The App's quota is used up.</source>
   <translation>App 的配额已用完。</translation>
  </message>
  <message>
   <source>The App's signature does not match: a wrong AppSecret, or something changed on the way.</source>
   <translation>App 的签名不匹配：AppSecret 错误，或途中有内容被更改。</translation>
  </message>
  <message>
   <source>The Authorization header has another form.</source>
   <translation>Authorization 头部的格式不对。</translation>
  </message>
  <message>
   <source>The Authorization header is a signature: it holds for this very request and for some minutes. Choose the authentication that signs to send it later.</source>
   <translation>Authorization 头部是签名：只对这一请求有效，且仅数分钟。如需稍后发送，请选择带签名的认证。</translation>
  </message>
  <message>
   <source>The Authorization header is missing.</source>
   <translation>缺少 Authorization 头部。</translation>
  </message>
  <message>
   <source>The CA file '{path}' cannot be read.</source>
   <translation>无法读取 CA 文件“{path}”。</translation>
  </message>
  <message>
   <source>The HAR file cannot be read: {reason}.</source>
   <translation>无法读取 HAR 文件：{reason}。</translation>
  </message>
  <message>
   <source>The HAR file {path} has no entries.</source>
   <translation>HAR 文件 {path} 没有条目。</translation>
  </message>
  <message>
   <source>The IAM token; it must belong to the project and the region of the service.</source>
   <translation>IAM Token；必须属于服务的项目和区域。</translation>
  </message>
  <message>
   <source>The TLS handshake with {host} failed: {reason}.</source>
   <translation>与 {host} 的 TLS 握手失败：{reason}。</translation>
  </message>
  <message>
   <source>The URI is over 32 KB.</source>
   <translation>URI 超过 32 KB。</translation>
  </message>
  <message>
   <source>The URI is too long.</source>
   <translation>URI 过长。</translation>
  </message>
  <message>
   <source>The URL is not quoted: in a shell, &amp; would end the command there.</source>
   <translation>URL 没有加引号：在 shell 中，&amp; 会使命令在此结束。</translation>
  </message>
  <message>
   <source>The WebSocket handshake (RFC 6455, section 4.1).</source>
   <translation>WebSocket 握手（RFC 6455，第 4.1 节）。</translation>
  </message>
  <message>
   <source>The WebSocket handshake's answer breaks the rules: {reason}.</source>
   <translation>WebSocket 握手的应答违反规则：{reason}。</translation>
  </message>
  <message>
   <source>The WebSocket handshake: random, made anew for each call.</source>
   <translation>WebSocket 握手：随机值，每次调用重新生成。</translation>
  </message>
  <message>
   <source>The access key does not exist.</source>
   <translation>访问密钥不存在。</translation>
  </message>
  <message>
   <source>The access key is locked for five minutes after more than five failures.</source>
   <translation>访问密钥在五次以上失败后被锁定五分钟。</translation>
  </message>
  <message>
   <source>The access key is wrong.</source>
   <translation>访问密钥有误。</translation>
  </message>
  <message>
   <source>The access key or its secret is wrong.</source>
   <translation>AK 或 SK 错误。</translation>
  </message>
  <message>
   <source>The account has not subscribed to this API.</source>
   <translation>账号没有订阅该 API。</translation>
  </message>
  <message>
   <source>The account owes money: its services are frozen.</source>
   <translation>账号欠费：其服务已被冻结。</translation>
  </message>
  <message>
   <source>The account's name (domain).</source>
   <translation>账号名（domain）。</translation>
  </message>
  <message>
   <source>The account, for services that are global.</source>
   <translation>账号，用于全局服务。</translation>
  </message>
  <message>
   <source>The address has another form: it is /v1/infers/, the service's id and the model's own path.</source>
   <translation>地址格式不对：应为 /v1/infers/、服务 id 和模型自身的路径。</translation>
  </message>
  <message>
   <source>The address is plain HTTP: nothing is encrypted.</source>
   <translation>地址使用明文 HTTP：没有任何加密。</translation>
  </message>
  <message>
   <source>The address names no service.</source>
   <translation>地址没有指明服务。</translation>
  </message>
  <message>
   <source>The address that is called.</source>
   <translation>被调用的地址。</translation>
  </message>
  <message>
   <source>The address; HTTP/1.1 asks for it (RFC 9112, section 3.2).</source>
   <translation>地址；HTTP/1.1 要求提供（RFC 9112，第 3.2 节）。</translation>
  </message>
  <message>
   <source>The algorithm.</source>
   <translation>算法。</translation>
  </message>
  <message>
   <source>The answer</source>
   <translation>响应</translation>
  </message>
  <message>
   <source>The answer is a further redirect; {most} were followed, and no more may be.</source>
   <translation>响应又是一次重定向；已跟随 {most} 次，不允许更多。</translation>
  </message>
  <message>
   <source>The answer reports an error under status {n}: {error}</source>
   <translation>响应在状态 {n} 下报告了错误：{error}</translation>
  </message>
  <message>
   <source>The answer's id changes inside of the stream: {before}, then {name}.</source>
   <translation>响应的 id 在流中发生变化：先是 {before}，后是 {name}。</translation>
  </message>
  <message>
   <source>The application could not be created: its name may be taken.</source>
   <translation>无法创建 App：其名称可能已被占用。</translation>
  </message>
  <message>
   <source>The application's code (AppCode); the gateway checks it without a signature.</source>
   <translation>应用的代码（AppCode）；网关检查它时无需签名。</translation>
  </message>
  <message>
   <source>The application's key (AppKey), checked without a signature.</source>
   <translation>应用的 Key（AppKey），检查时无需签名。</translation>
  </message>
  <message>
   <source>The authentication '{auth}' adds nothing.</source>
   <translation>认证“{auth}”不添加任何内容。</translation>
  </message>
  <message>
   <source>The authentication '{auth}' lacks: {fields}.</source>
   <translation>认证“{auth}”缺少：{fields}。</translation>
  </message>
  <message>
   <source>The authentication '{auth}'.</source>
   <translation>认证“{auth}”。</translation>
  </message>
  <message>
   <source>The authentication is wrong for this address.</source>
   <translation>该地址的认证方式错误。</translation>
  </message>
  <message>
   <source>The authentication used for listing.</source>
   <translation>用于列出服务的认证。</translation>
  </message>
  <message>
   <source>The authentication was refused.</source>
   <translation>认证被拒绝。</translation>
  </message>
  <message>
   <source>The blank line between two events is missing, or the server writes several objects into one.</source>
   <translation>两个事件之间缺少空行，或服务器把多个对象写入了一个事件。</translation>
  </message>
  <message>
   <source>The body comes from standard input, which the command does not tell.</source>
   <translation>正文来自标准输入，命令中没有其内容。</translation>
  </message>
  <message>
   <source>The body has {size} bytes; with {auth} the platform takes {limit} at most.</source>
   <translation>正文有 {size} 字节；{auth}：平台最多接受 {limit} 字节。</translation>
  </message>
  <message>
   <source>The body is an event stream, but its type says {type}.</source>
   <translation>正文是事件流，但其类型标为 {type}。</translation>
  </message>
  <message>
   <source>The body is not JSON: it is left out of the signature.</source>
   <translation>正文不是 JSON：不计入签名。</translation>
  </message>
  <message>
   <source>The body is over the gateway's 12 MB.</source>
   <translation>正文超过网关的 12 MB 限制。</translation>
  </message>
  <message>
   <source>The body is over this service's limit.</source>
   <translation>正文超过该服务的限制。</translation>
  </message>
  <message>
   <source>The body is too large.</source>
   <translation>正文过大。</translation>
  </message>
  <message>
   <source>The body of {place} cannot be decoded as its Content-Encoding says.</source>
   <translation>{place} 的正文无法按其 Content-Encoding 解码。</translation>
  </message>
  <message>
   <source>The body's hash that was signed; UNSIGNED-PAYLOAD leaves the body out.</source>
   <translation>已签名的正文散列值；UNSIGNED-PAYLOAD 表示不含正文。</translation>
  </message>
  <message>
   <source>The body's size in bytes, on the wire.</source>
   <translation>正文在线路上的字节数。</translation>
  </message>
  <message>
   <source>The body's {size} bytes are read from {files} while they are sent.</source>
   <translation>正文的 {size} 字节在发送时从 {files} 读取。</translation>
  </message>
  <message>
   <source>The call took longer than the {seconds} s that it was given.</source>
   <translation>调用超过了给定的 {seconds} 秒。</translation>
  </message>
  <message>
   <source>The caller is not let in.</source>
   <translation>不允许该调用方访问。</translation>
  </message>
  <message>
   <source>The certificate of {host} is not trusted: {reason}. {seen}</source>
   <translation>{host} 的证书不受信任：{reason}。{seen}</translation>
  </message>
  <message>
   <source>The channel '{channel}' needs a service.</source>
   <translation>通道“{channel}”需要一个服务。</translation>
  </message>
  <message>
   <source>The check of the Authorization header failed.</source>
   <translation>Authorization 头部检查失败。</translation>
  </message>
  <message>
   <source>The clocks differ by more than 15 minutes: signatures (AK/SK, App) are refused.</source>
   <translation>时钟相差超过 15 分钟：签名（AK/SK、App）会被拒绝。</translation>
  </message>
  <message>
   <source>The clocks differ by more than a minute; signatures bear 15 minutes.</source>
   <translation>时钟相差超过一分钟；签名最多容许 15 分钟。</translation>
  </message>
  <message>
   <source>The command has several bodies: -d, -F and -T do not go together.</source>
   <translation>命令有多个正文：-d、-F 和 -T 不能同时使用。</translation>
  </message>
  <message>
   <source>The command has typographic quotes, which no shell takes for quotes.</source>
   <translation>命令中有弯引号，任何 shell 都不把它们当作引号。</translation>
  </message>
  <message>
   <source>The command names no URL.</source>
   <translation>命令中没有 URL。</translation>
  </message>
  <message>
   <source>The command names {count} URLs: the first was taken.</source>
   <translation>命令中有 {count} 个 URL：采用了第一个。</translation>
  </message>
  <message>
   <source>The command's URL is empty.</source>
   <translation>命令的 URL 为空。</translation>
  </message>
  <message>
   <source>The compressions that are understood; 'identity' wants none.</source>
   <translation>能够理解的压缩方式；“identity”表示不压缩。</translation>
  </message>
  <message>
   <source>The compressions that can be undone here.</source>
   <translation>这里能够解开的压缩方式。</translation>
  </message>
  <message>
   <source>The connection ended before the body did, but after the stream's end mark.</source>
   <translation>连接在正文结束之前断开，但在流的结束标记之后。</translation>
  </message>
  <message>
   <source>The connection ended in the middle of the body, after {came}.</source>
   <translation>连接在正文中途结束，此前已收到{came}。</translation>
  </message>
  <message>
   <source>The connection to the model timed out.</source>
   <translation>连接模型超时。</translation>
  </message>
  <message>
   <source>The connection to the service timed out or was not taken.</source>
   <translation>连接服务超时或未被接受。</translation>
  </message>
  <message>
   <source>The connection to {place} was reset before an answer came.</source>
   <translation>与 {place} 的连接在应答到达前被重置。</translation>
  </message>
  <message>
   <source>The connection to {place} was reset in the middle of the answer.</source>
   <translation>与 {place} 的连接在响应中途被重置。</translation>
  </message>
  <message>
   <source>The connection was lost ({why}) and open again after {gap}.</source>
   <translation>连接丢失（{why}），{gap}后重新打开。</translation>
  </message>
  <message>
   <source>The content type is not taken.</source>
   <translation>不接受该内容类型。</translation>
  </message>
  <message>
   <source>The cookies are in a file, {file}, which is not read.</source>
   <translation>Cookie 在文件 {file} 中，该文件不会被读取。</translation>
  </message>
  <message>
   <source>The credential '{name}' is for the authentication '{kind}', not for '{auth}'.</source>
   <translation>凭据“{name}”用于认证“{kind}”，而不是“{auth}”。</translation>
  </message>
  <message>
   <source>The credential '{name}' is there already and stays as it is.</source>
   <translation>凭据“{name}”已存在，保持不变。</translation>
  </message>
  <message>
   <source>The credential's name; the key's own name otherwise.</source>
   <translation>凭据的名称；为空则用 API Key 自身的名称。</translation>
  </message>
  <message>
   <source>The deployment failed.</source>
   <translation>部署失败。</translation>
  </message>
  <message>
   <source>The dialect {name} in {file} cannot be read: {reason}</source>
   <translation>无法读取 {file} 中的方言 {name}：{reason}</translation>
  </message>
  <message>
   <source>The encrypted connection broke.</source>
   <translation>加密连接中断。</translation>
  </message>
  <message>
   <source>The end mark came, but no reason why the model finished ({dialect}).</source>
   <translation>结束标记已到达，但没有给出模型完成的原因（{dialect}）。</translation>
  </message>
  <message>
   <source>The event's id</source>
   <translation>事件的 id</translation>
  </message>
  <message>
   <source>The field 'IAM address'.</source>
   <translation>字段“IAM 地址”。</translation>
  </message>
  <message>
   <source>The field 'Project'.</source>
   <translation>字段“项目”。</translation>
  </message>
  <message>
   <source>The fields 'Account' and 'IAM user'.</source>
   <translation>字段“账号”和“IAM 用户”。</translation>
  </message>
  <message>
   <source>The file has no answer to this request.</source>
   <translation>文件中没有该请求的响应。</translation>
  </message>
  <message>
   <source>The file has {size} MB: too large.</source>
   <translation>文件有 {size} MB：过大。</translation>
  </message>
  <message>
   <source>The file holds no event that can be read.</source>
   <translation>文件中没有可读取的事件。</translation>
  </message>
  <message>
   <source>The file is empty.</source>
   <translation>文件为空。</translation>
  </message>
  <message>
   <source>The file is of version {version}; this program reads {known}.</source>
   <translation>该文件的版本为 {version}；此程序读取 {known}。</translation>
  </message>
  <message>
   <source>The file {path} cannot be changed: {reason}.</source>
   <translation>无法更改文件 {path}：{reason}。</translation>
  </message>
  <message>
   <source>The file {path} cannot be read.</source>
   <translation>无法读取文件 {path}。</translation>
  </message>
  <message>
   <source>The file {path} cannot be read: {reason}.</source>
   <translation>无法读取文件 {path}：{reason}。</translation>
  </message>
  <message>
   <source>The file {path} cannot be removed.</source>
   <translation>无法移除文件 {path}。</translation>
  </message>
  <message>
   <source>The file {path} cannot be written.</source>
   <translation>无法写入文件 {path}。</translation>
  </message>
  <message>
   <source>The file {path} cannot be written: {reason}.</source>
   <translation>无法写入文件 {path}：{reason}。</translation>
  </message>
  <message>
   <source>The file {path} is empty.</source>
   <translation>文件 {path} 为空。</translation>
  </message>
  <message>
   <source>The file {path} is no recording, no JSON lines of events and no HAR file.</source>
   <translation>文件 {path} 既不是记录，也不是事件的 JSON 行或 HAR 文件。</translation>
  </message>
  <message>
   <source>The file {path} is one of several pieces of data: it was left out.</source>
   <translation>文件 {path} 是多段数据之一：已省略。</translation>
  </message>
  <message>
   <source>The file {path} is one of several pieces of data: the others were left out.</source>
   <translation>文件 {path} 是多段数据之一：其他部分已省略。</translation>
  </message>
  <message>
   <source>The file {path} is to be encoded: it was left out.</source>
   <translation>文件 {path} 需要编码：已省略。</translation>
  </message>
  <message>
   <source>The file {path} was changed while it was being sent.</source>
   <translation>文件 {path} 在发送过程中被更改。</translation>
  </message>
  <message>
   <source>The file's name was put behind the URL, as curl does.</source>
   <translation>文件名已附加在 URL 之后，与 curl 一致。</translation>
  </message>
  <message>
   <source>The file's own words; it tells no more.</source>
   <translation>文件原文；没有更多信息。</translation>
  </message>
  <message>
   <source>The first token took {span}, as long as all the rest or longer.</source>
   <translation>第一个 token 用时 {span}，与其余全部时间相当或更长。</translation>
  </message>
  <message>
   <source>The folder is gone.</source>
   <translation>文件夹已不存在。</translation>
  </message>
  <message>
   <source>The folder {path} cannot be made: {reason}.</source>
   <translation>无法创建文件夹 {path}：{reason}。</translation>
  </message>
  <message>
   <source>The gateway cannot read the request.</source>
   <translation>网关无法读取该请求。</translation>
  </message>
  <message>
   <source>The gateway cannot resolve the service's own name.</source>
   <translation>网关无法解析服务自身的名称。</translation>
  </message>
  <message>
   <source>The gateway cannot take this request.</source>
   <translation>网关无法接受该请求。</translation>
  </message>
  <message>
   <source>The gateway could not load the API's configuration.</source>
   <translation>网关无法加载该 API 的配置。</translation>
  </message>
  <message>
   <source>The gateway does not accept this IAM authentication.</source>
   <translation>网关不接受这种 IAM 认证。</translation>
  </message>
  <message>
   <source>The gateway does not know this machine's address.</source>
   <translation>网关不认识本机的地址。</translation>
  </message>
  <message>
   <source>The gateway failed inside.</source>
   <translation>网关内部出错。</translation>
  </message>
  <message>
   <source>The gateway knows no such App: the AppCode is wrong.</source>
   <translation>网关没有这样的 App：AppCode 错误。</translation>
  </message>
  <message>
   <source>The gateway knows no such App: the AppKey is wrong.</source>
   <translation>网关没有这样的 App：AppKey 错误。</translation>
  </message>
  <message>
   <source>The gateway knows no such App: wrong code, key or secret.</source>
   <translation>网关没有这样的 App：AppCode、AppKey 或 AppSecret 错误。</translation>
  </message>
  <message>
   <source>The gateway met something unexpected.</source>
   <translation>网关遇到了意外情况。</translation>
  </message>
  <message>
   <source>The header {name} became the authentication '{kind}'.</source>
   <translation>头部 {name} 已转换为认证“{kind}”。</translation>
  </message>
  <message>
   <source>The header {name} holds a credential; it stays a header of the draft.</source>
   <translation>头部 {name} 含有凭据；它仍作为请求的头部保留。</translation>
  </message>
  <message>
   <source>The header {name}.</source>
   <translation>头部 {name}。</translation>
  </message>
  <message>
   <source>The header {name}: its name in small letters, its value without blanks around it.</source>
   <translation>头部 {name}：名称小写，值去除首尾空白。</translation>
  </message>
  <message>
   <source>The headers are in a file, {file}, which is not read.</source>
   <translation>头部在文件 {file} 中，该文件不会被读取。</translation>
  </message>
  <message>
   <source>The host wants to be called with encryption only.</source>
   <translation>主机要求只以加密方式调用。</translation>
  </message>
  <message>
   <source>The id {id} came again.</source>
   <translation>id {id} 再次出现。</translation>
  </message>
  <message>
   <source>The identity service does not answer the gateway.</source>
   <translation>统一身份认证服务没有应答网关。</translation>
  </message>
  <message>
   <source>The identity service refused the sign-in ({status}): {message}</source>
   <translation>统一身份认证服务拒绝登录（{status}）：{message}</translation>
  </message>
  <message>
   <source>The identity service refused to list projects ({status}): {told}</source>
   <translation>统一身份认证服务拒绝列出项目（{status}）：{told}</translation>
  </message>
  <message>
   <source>The identity service's answer is no token.</source>
   <translation>统一身份认证服务的响应不是 Token。</translation>
  </message>
  <message>
   <source>The image could not be made or pulled.</source>
   <translation>无法构建或拉取镜像。</translation>
  </message>
  <message>
   <source>The key '{name}' was made, but the answer does not tell its value.</source>
   <translation>API Key“{name}”已创建，但响应中没有它的值。</translation>
  </message>
  <message>
   <source>The key in the Authorization header is wrong.</source>
   <translation>Authorization 头部中的密钥错误。</translation>
  </message>
  <message>
   <source>The keyring did not answer within {seconds} s.</source>
   <translation>密钥环在 {seconds} 秒内没有应答。</translation>
  </message>
  <message>
   <source>The keyring has no value for {fields} of '{name}'.</source>
   <translation>密钥环中没有“{name}”的{fields}。</translation>
  </message>
  <message>
   <source>The keyring is locked.</source>
   <translation>密钥环已锁定。</translation>
  </message>
  <message>
   <source>The keyring said no ({error}).</source>
   <translation>密钥环拒绝了（{error}）。</translation>
  </message>
  <message>
   <source>The kind of the body, and how its letters are encoded.</source>
   <translation>正文的类型及其字符编码。</translation>
  </message>
  <message>
   <source>The kind of the body.</source>
   <translation>正文的类型。</translation>
  </message>
  <message>
   <source>The language of the body.</source>
   <translation>正文的语言。</translation>
  </message>
  <message>
   <source>The last event that was received, so that a stream goes on behind it.</source>
   <translation>收到的最后一个事件，使流从其后继续。</translation>
  </message>
  <message>
   <source>The list of past exchanges cannot be used: {reason}.</source>
   <translation>无法使用过去交换的列表：{reason}。</translation>
  </message>
  <message>
   <source>The list of past exchanges was broken ({reason}). It was set aside as {aside} and made anew.</source>
   <translation>过去交换的列表已损坏（{reason}）。它已另存为 {aside}，并重新建立。</translation>
  </message>
  <message>
   <source>The management interface cannot be reached by its gateway.</source>
   <translation>管理接口的网关无法到达管理接口。</translation>
  </message>
  <message>
   <source>The management interface did not answer in time.</source>
   <translation>管理接口没有及时应答。</translation>
  </message>
  <message>
   <source>The management interface knows no such request.</source>
   <translation>管理接口没有这样的请求。</translation>
  </message>
  <message>
   <source>The mark of this version of the content.</source>
   <translation>此版本内容的标记。</translation>
  </message>
  <message>
   <source>The marks {path} were written by a newer version (format {n}).</source>
   <translation>标记 {path} 由更新的版本写入（格式 {n}）。</translation>
  </message>
  <message>
   <source>The media types that are wanted as an answer.</source>
   <translation>希望得到的响应媒体类型。</translation>
  </message>
  <message>
   <source>The message is not UTF-8: {place} begins no character.</source>
   <translation>消息不是 UTF-8：{place}不是任何字符的开头。</translation>
  </message>
  <message>
   <source>The method is not allowed here.</source>
   <translation>此处不允许使用该方法。</translation>
  </message>
  <message>
   <source>The method.</source>
   <translation>方法。</translation>
  </message>
  <message>
   <source>The methods that this address takes.</source>
   <translation>此地址接受的方法。</translation>
  </message>
  <message>
   <source>The model cannot be deployed as a real-time service.</source>
   <translation>该模型不能部署为在线服务。</translation>
  </message>
  <message>
   <source>The model closed the connection or is not there: often its server ends idle connections first.</source>
   <translation>模型关闭了连接或不存在：往往是其服务器先关闭了空闲连接。</translation>
  </message>
  <message>
   <source>The model did not answer in time (40 s).</source>
   <translation>模型没有及时应答（40 秒）。</translation>
  </message>
  <message>
   <source>The model did not answer in time or closed the connection.</source>
   <translation>模型没有及时应答，或关闭了连接。</translation>
  </message>
  <message>
   <source>The model did not answer in time; it may be starting again.</source>
   <translation>模型没有及时应答；可能正在重启。</translation>
  </message>
  <message>
   <source>The model did not answer within the gateway's time (40 s).</source>
   <translation>模型没有在网关的时间（40 秒）内应答。</translation>
  </message>
  <message>
   <source>The model does not take these fields.</source>
   <translation>模型不接受这些字段。</translation>
  </message>
  <message>
   <source>The model finished ({reason}), but the end mark never came ({dialect}).</source>
   <translation>模型已完成（{reason}），但结束标记始终没有到达（{dialect}）。</translation>
  </message>
  <message>
   <source>The model is still being published.</source>
   <translation>模型仍在发布中。</translation>
  </message>
  <message>
   <source>The model may be slow or stuck; a longer wait can be set in the draft's limits.</source>
   <translation>模型可能较慢或卡住；可在请求的限制中设置更长的等待。</translation>
  </message>
  <message>
   <source>The model or something on the way may have given up: the text may be incomplete.</source>
   <translation>模型或途中的某个环节可能放弃了：文本可能不完整。</translation>
  </message>
  <message>
   <source>The model or the platform failed.</source>
   <translation>模型或平台出现故障。</translation>
  </message>
  <message>
   <source>The model refuses connections.</source>
   <translation>模型拒绝连接。</translation>
  </message>
  <message>
   <source>The model speaks another protocol than the service says (HTTP, not HTTPS).</source>
   <translation>模型使用的协议与服务声明的不同（HTTP，而不是 HTTPS）。</translation>
  </message>
  <message>
   <source>The model stood still, or something on the way held the stream back.</source>
   <translation>模型停顿，或途中的某个环节滞留了流。</translation>
  </message>
  <message>
   <source>The model's name changes inside of the stream: {before}, then {name}.</source>
   <translation>模型名称在流中发生变化：先是 {before}，后是 {name}。</translation>
  </message>
  <message>
   <source>The model's own code failed on this input.</source>
   <translation>模型自身的代码在该输入上失败。</translation>
  </message>
  <message>
   <source>The model's process may have ended, or something on the way cut the connection.</source>
   <translation>模型进程可能已结束，或途中的某个环节切断了连接。</translation>
  </message>
  <message>
   <source>The model's process, a proxy or a time limit may have cut it; compare with the server's log.</source>
   <translation>可能是模型进程、代理或时间限制切断了它；请与服务器的日志对照。</translation>
  </message>
  <message>
   <source>The moment of the automatic stop is over already.</source>
   <translation>自动停止的时间已过。</translation>
  </message>
  <message>
   <source>The name and port that is called; gateways choose the service by it.</source>
   <translation>所调用的名称和端口；网关据此选择服务。</translation>
  </message>
  <message>
   <source>The name is taken already.</source>
   <translation>该名称已被占用。</translation>
  </message>
  <message>
   <source>The name of this call in the platform's logs: give it to the support.</source>
   <translation>此次调用在平台日志中的名称：请提供给技术支持。</translation>
  </message>
  <message>
   <source>The name will do mostly.</source>
   <translation>多数情况下用户名即可。</translation>
  </message>
  <message>
   <source>The name {host} does not resolve to an address.</source>
   <translation>名称 {host} 无法解析为地址。</translation>
  </message>
  <message>
   <source>The names of the signed headers, sorted.</source>
   <translation>已签名头部的名称，排序后。</translation>
  </message>
  <message>
   <source>The names of the signed headers, sorted. Not signed, since they may change on the way: {names}.</source>
   <translation>已签名头部的名称，排序后。未签名的（途中可能改变）：{names}。</translation>
  </message>
  <message>
   <source>The old generation of the platform has no such action.</source>
   <translation>旧一代平台没有此操作。</translation>
  </message>
  <message>
   <source>The option --{option} has no counterpart here: it was left out.</source>
   <translation>选项 --{option} 在这里没有对应项：已省略。</translation>
  </message>
  <message>
   <source>The option --{option} wants a number.</source>
   <translation>选项 --{option} 需要数字。</translation>
  </message>
  <message>
   <source>The option {option} has no value: the command ends there.</source>
   <translation>选项 {option} 没有值：命令到此结束。</translation>
  </message>
  <message>
   <source>The option {option} is unknown: it was left out.</source>
   <translation>选项 {option} 未知：已省略。</translation>
  </message>
  <message>
   <source>The page from which this was asked.</source>
   <translation>发出此请求的页面。</translation>
  </message>
  <message>
   <source>The parameters do not fit the API.</source>
   <translation>参数与该 API 不匹配。</translation>
  </message>
  <message>
   <source>The parameters do not fit the request.</source>
   <translation>参数与请求不符。</translation>
  </message>
  <message>
   <source>The part of the content that is wanted.</source>
   <translation>希望得到的内容部分。</translation>
  </message>
  <message>
   <source>The part {name} is sent as a file of that name, not as a plain value.</source>
   <translation>部分 {name} 作为同名文件发送，而不是普通值。</translation>
  </message>
  <message>
   <source>The password in an address is a secret and was not written.</source>
   <translation>地址中的密码是机密，没有写入。</translation>
  </message>
  <message>
   <source>The path {path}: decoded, each segment encoded again, a slash behind.</source>
   <translation>路径 {path}：先解码，再逐段重新编码，末尾加斜杠。</translation>
  </message>
  <message>
   <source>The path, as it is sent.</source>
   <translation>路径，按发送时的形式。</translation>
  </message>
  <message>
   <source>The path: decoded, each segment encoded again, a slash behind.</source>
   <translation>路径：先解码，各段重新编码，末尾加斜杠。</translation>
  </message>
  <message>
   <source>The path; a signed one ends in a slash.</source>
   <translation>路径；签名的路径以斜杠结尾。</translation>
  </message>
  <message>
   <source>The payload is no JSON: {cause} (character {at}: …{around}…)</source>
   <translation>载荷不是 JSON：{cause}（第 {at} 个字符：…{around}…）</translation>
  </message>
  <message>
   <source>The permission for it is {permission}.</source>
   <translation>所需权限为 {permission}。</translation>
  </message>
  <message>
   <source>The platform did not do it: {note}</source>
   <translation>平台没有执行：{note}</translation>
  </message>
  <message>
   <source>The platform did not say what became of it.</source>
   <translation>平台没有说明结果如何。</translation>
  </message>
  <message>
   <source>The platform is busy.</source>
   <translation>平台繁忙。</translation>
  </message>
  <message>
   <source>The platform lacks a permission for it.</source>
   <translation>平台缺少相应的权限。</translation>
  </message>
  <message>
   <source>The platform may not pull the image.</source>
   <translation>平台无权拉取该镜像。</translation>
  </message>
  <message>
   <source>The platform met something unexpected.</source>
   <translation>平台遇到意外情况。</translation>
  </message>
  <message>
   <source>The platform never tells it again: delete the key and make another one.</source>
   <translation>平台不会再次给出它：请删除该 API Key，另建一个。</translation>
  </message>
  <message>
   <source>The platform protects itself: the model answered too many requests with errors.</source>
   <translation>平台启动了自我保护：模型对过多请求返回了错误。</translation>
  </message>
  <message>
   <source>The platform refused to {deed} ({status}): {meaning} ({told})</source>
   <translation>平台拒绝{deed}（{status}）：{meaning}（{told}）</translation>
  </message>
  <message>
   <source>The platform refused to {deed} ({status}): {told}</source>
   <translation>平台拒绝{deed}（{status}）：{told}</translation>
  </message>
  <message>
   <source>The platform says: {note}</source>
   <translation>平台说明：{note}</translation>
  </message>
  <message>
   <source>The platform says: {text}</source>
   <translation>平台说明：{text}</translation>
  </message>
  <message>
   <source>The platform tells {told}: scheme and path were filled in.</source>
   <translation>平台给出 {told}：已补全协议和路径。</translation>
  </message>
  <message>
   <source>The platform took the deployment, but did not say which service it made.</source>
   <translation>平台接受了部署，但没有说明创建了哪个服务。</translation>
  </message>
  <message>
   <source>The platform was restarted meanwhile.</source>
   <translation>平台在此期间重启了。</translation>
  </message>
  <message>
   <source>The platform's answer holds no temporary key.</source>
   <translation>平台的响应中没有临时 API Key。</translation>
  </message>
  <message>
   <source>The platform's id of it is not known.</source>
   <translation>不知道它在平台上的 ID。</translation>
  </message>
  <message>
   <source>The port is taken by something else.</source>
   <translation>端口已被占用。</translation>
  </message>
  <message>
   <source>The processors that the image is for.</source>
   <translation>镜像所面向的处理器。</translation>
  </message>
  <message>
   <source>The profile {folder} cannot be written: nothing will be kept.</source>
   <translation>配置目录 {folder} 无法写入：什么都不会保存。</translation>
  </message>
  <message>
   <source>The program ended by itself.</source>
   <translation>程序自行结束了。</translation>
  </message>
  <message>
   <source>The program ended since a Python module is missing.</source>
   <translation>程序因缺少 Python 模块而结束。</translation>
  </message>
  <message>
   <source>The program ended since it found no memory.</source>
   <translation>程序因没有可用内存而结束。</translation>
  </message>
  <message>
   <source>The program ended since it may not read, write or run something.</source>
   <translation>程序因无权读取、写入或运行某项内容而结束。</translation>
  </message>
  <message>
   <source>The program or a file that it needs is not there.</source>
   <translation>程序或它所需的文件不存在。</translation>
  </message>
  <message>
   <source>The program runs, but its health check does not succeed.</source>
   <translation>程序在运行，但其健康检查没有通过。</translation>
  </message>
  <message>
   <source>The program speaks another protocol than the deployment says.</source>
   <translation>程序使用的协议与部署中声明的不同。</translation>
  </message>
  <message>
   <source>The program that asks.</source>
   <translation>发出请求的程序。</translation>
  </message>
  <message>
   <source>The program was ended since it used more memory than it was given.</source>
   <translation>程序使用的内存超过分配给它的内存，因此被终止。</translation>
  </message>
  <message>
   <source>The project cannot be used.</source>
   <translation>该项目不可用。</translation>
  </message>
  <message>
   <source>The project in the address is not the token's.</source>
   <translation>地址中的项目与 Token 的项目不同。</translation>
  </message>
  <message>
   <source>The project in which the service is.</source>
   <translation>服务所在的项目。</translation>
  </message>
  <message>
   <source>The project is not available.</source>
   <translation>项目不可用。</translation>
  </message>
  <message>
   <source>The protocol asks for events as they happen, from no cache.</source>
   <translation>协议要求事件实时到达，不经任何缓存。</translation>
  </message>
  <message>
   <source>The protocol that the connection turns to.</source>
   <translation>连接将切换到的协议。</translation>
  </message>
  <message>
   <source>The protocol's setting 'Offer compression'.</source>
   <translation>协议设置“提供压缩”。</translation>
  </message>
  <message>
   <source>The protocol's setting 'Subprotocols'.</source>
   <translation>协议设置“子协议”。</translation>
  </message>
  <message>
   <source>The proxy refused the connection to {place}: {reason}.</source>
   <translation>代理拒绝连接 {place}：{reason}。</translation>
  </message>
  <message>
   <source>The proxy's address cannot be read: {reason}.</source>
   <translation>无法读取代理地址：{reason}。</translation>
  </message>
  <message>
   <source>The proxy's address names no host.</source>
   <translation>代理地址没有主机名。</translation>
  </message>
  <message>
   <source>The proxy's port is over 65535.</source>
   <translation>代理端口大于 65535。</translation>
  </message>
  <message>
   <source>The query: its pairs are in order already.</source>
   <translation>查询：参数对已排好序。</translation>
  </message>
  <message>
   <source>The query: its pairs sorted by name, then by value, and encoded again.</source>
   <translation>查询：参数对按名称、再按值排序，并重新编码。</translation>
  </message>
  <message>
   <source>The quota of instances is used up.</source>
   <translation>实例配额已用完。</translation>
  </message>
  <message>
   <source>The quota of services is used up.</source>
   <translation>服务配额已用完。</translation>
  </message>
  <message>
   <source>The quote {quote} that opens {place} is never closed.</source>
   <translation>{place}打开的引号 {quote} 没有闭合。</translation>
  </message>
  <message>
   <source>The raw bytes are kept: compare with the server's own.</source>
   <translation>原始字节已保留：请与服务器自身的对照。</translation>
  </message>
  <message>
   <source>The reason has {size} bytes; {most} at most are allowed.</source>
   <translation>原因有 {size} 字节；最多允许 {most} 字节。</translation>
  </message>
  <message>
   <source>The reason holds half a character, which has no UTF-8.</source>
   <translation>原因中含有半个字符，没有对应的 UTF-8。</translation>
  </message>
  <message>
   <source>The recording cannot be read any more: {reason}.</source>
   <translation>已无法读取记录：{reason}。</translation>
  </message>
  <message>
   <source>The recording could not be written any further; what follows is kept in memory only.</source>
   <translation>记录无法继续写入；后续内容只保留在内存中。</translation>
  </message>
  <message>
   <source>The recording of {when} is gone.</source>
   <translation>{when} 的记录已不存在。</translation>
  </message>
  <message>
   <source>The recording {path} cannot be read: {reason}.</source>
   <translation>无法读取记录 {path}：{reason}。</translation>
  </message>
  <message>
   <source>The redirect to {place} was not followed: {where} would carry a secret there.</source>
   <translation>未跟随到 {place} 的重定向：{where}会把机密带到那里。</translation>
  </message>
  <message>
   <source>The redirects go round in a circle: they lead back to {url}.</source>
   <translation>重定向形成循环：又回到 {url}。</translation>
  </message>
  <message>
   <source>The region may not have this generation; check region, project and address.</source>
   <translation>该区域可能没有这一代平台；请检查区域、项目和地址。</translation>
  </message>
  <message>
   <source>The request bears no token.</source>
   <translation>请求未携带 Token。</translation>
  </message>
  <message>
   <source>The request has {size} MB; a saved one has {most} MB at most.</source>
   <translation>请求有 {size} MB；保存的请求最多 {most} MB。</translation>
  </message>
  <message>
   <source>The request is not valid.</source>
   <translation>请求无效。</translation>
  </message>
  <message>
   <source>The request is not what the server expects.</source>
   <translation>请求与服务器所期望的不符。</translation>
  </message>
  <message>
   <source>The request is too large.</source>
   <translation>请求过大。</translation>
  </message>
  <message>
   <source>The request names no API: the address is not the App's row.</source>
   <translation>请求没有指明 API：该地址不是 App 所在的行。</translation>
  </message>
  <message>
   <source>The request names no App: the address is not the App's row.</source>
   <translation>请求没有指明 App：该地址不是 App 所在的行。</translation>
  </message>
  <message>
   <source>The request was sent again {waited} after the {status} of attempt {before}{resumed}.</source>
   <translation>请求在第 {before} 次尝试返回 {status} 之后{waited}重新发送{resumed}。</translation>
  </message>
  <message>
   <source>The rest may be in a line without 'data:', or the server cut it; the raw bytes are kept.</source>
   <translation>其余部分可能在没有“data:”的行里，或被服务器切断；原始字节已保留。</translation>
  </message>
  <message>
   <source>The rules skip it; many clients do not, and lose the first event.</source>
   <translation>规则会跳过它；许多客户端不会，因而丢失第一个事件。</translation>
  </message>
  <message>
   <source>The same key again repeats no work.</source>
   <translation>相同的 Key 再次发送不会重复执行。</translation>
  </message>
  <message>
   <source>The same version of a model is named twice.</source>
   <translation>同一模型的同一版本被指定了两次。</translation>
  </message>
  <message>
   <source>The sandbox did not start.</source>
   <translation>沙箱没有启动。</translation>
  </message>
  <message>
   <source>The sandbox is not running.</source>
   <translation>沙箱未运行。</translation>
  </message>
  <message>
   <source>The sandbox's own is on every machine: add one first.</source>
   <translation>沙箱自带的工作区在每台机器上都有：请先添加一个工作区。</translation>
  </message>
  <message>
   <source>The sandbox's workspace stays as it is called.</source>
   <translation>沙箱的工作区名称不可更改。</translation>
  </message>
  <message>
   <source>The secret variable '{name}' of {source} has no value.</source>
   <translation>{source} 的机密变量“{name}”没有值。</translation>
  </message>
  <message>
   <source>The security group does not let the platform in.</source>
   <translation>安全组不允许平台访问。</translation>
  </message>
  <message>
   <source>The security group lets no calls in.</source>
   <translation>安全组不允许任何调用。</translation>
  </message>
  <message>
   <source>The server answered {status} and did not switch to WebSocket.</source>
   <translation>服务器返回 {status}，没有切换到 WebSocket。</translation>
  </message>
  <message>
   <source>The server asked to wait {retry} ms before connecting again.</source>
   <translation>服务器要求等待 {retry} 毫秒后再连接。</translation>
  </message>
  <message>
   <source>The server broke the WebSocket protocol: {reason}.</source>
   <translation>服务器违反了 WebSocket 协议：{reason}。</translation>
  </message>
  <message>
   <source>The server closed in the middle of an answer: its end mark never came.</source>
   <translation>服务器在响应中途关闭：结束标记始终没有到达。</translation>
  </message>
  <message>
   <source>The server closed without saying why.</source>
   <translation>服务器关闭时没有说明原因。</translation>
  </message>
  <message>
   <source>The server cuts its JSON into lines: inside a string a line break must be written as \n.</source>
   <translation>服务器把 JSON 切成了多行：字符串内的换行必须写成 \n。</translation>
  </message>
  <message>
   <source>The server does not know the option, or a proxy drops chunks without choices.</source>
   <translation>服务器不认识该选项，或代理丢弃了没有 choices 的块。</translation>
  </message>
  <message>
   <source>The server does not tell its time.</source>
   <translation>服务器没有告知其时间。</translation>
  </message>
  <message>
   <source>The server had closed the kept connection: the request was sent again on a fresh one.</source>
   <translation>服务器已关闭保持的连接：请求已在新的连接上重新发送。</translation>
  </message>
  <message>
   <source>The server is busy with others, or the network's delay varies.</source>
   <translation>服务器正忙于其他请求，或网络延迟在波动。</translation>
  </message>
  <message>
   <source>The server is busy, or data before it filled the way.</source>
   <translation>服务器繁忙，或前面的数据堵塞了通路。</translation>
  </message>
  <message>
   <source>The server is overloaded.</source>
   <translation>服务器过载。</translation>
  </message>
  <message>
   <source>The server left out the line end and the blank line between two events.</source>
   <translation>服务器遗漏了两个事件之间的行尾和空行。</translation>
  </message>
  <message>
   <source>The server may cut characters, or write another encoding.</source>
   <translation>服务器可能切断了字符，或使用了其他编码。</translation>
  </message>
  <message>
   <source>The server may take text only, or binary only.</source>
   <translation>服务器可能只接受文本，或只接受二进制。</translation>
  </message>
  <message>
   <source>The server or a proxy on the way writes wrong frames.</source>
   <translation>服务器或途中的代理写出了错误的帧。</translation>
  </message>
  <message>
   <source>The server refused the request.</source>
   <translation>服务器拒绝了该请求。</translation>
  </message>
  <message>
   <source>The server refused: only 101 opens a WebSocket.</source>
   <translation>服务器拒绝了：只有 101 才会打开 WebSocket。</translation>
  </message>
  <message>
   <source>The server takes back what it said, or sends pieces where it should repeat all.</source>
   <translation>服务器收回了已说的内容，或在应当重复全部时只发送了片段。</translation>
  </message>
  <message>
   <source>The server waited too long for a message.</source>
   <translation>服务器等待消息的时间过长。</translation>
  </message>
  <message>
   <source>The server waited too long for the request.</source>
   <translation>服务器等待请求的时间过长。</translation>
  </message>
  <message>
   <source>The server wants an extension that was not agreed on.</source>
   <translation>服务器要求使用未协商的扩展。</translation>
  </message>
  <message>
   <source>The server wants another protocol here.</source>
   <translation>服务器在此处要求使用其他协议。</translation>
  </message>
  <message>
   <source>The server writes bytes where text belongs; the stream cannot be resumed there.</source>
   <translation>服务器在应为文本处写入了字节；流无法从此处恢复。</translation>
  </message>
  <message>
   <source>The server writes in tiny pieces: each one costs a packet.</source>
   <translation>服务器以很小的片段写出：每一片都要占用一个数据包。</translation>
  </message>
  <message>
   <source>The server's ping was not answered from here.</source>
   <translation>服务器的 ping 没有得到本端的应答。</translation>
  </message>
  <message>
   <source>The server's time when it answered; signatures need clocks that agree within 15 minutes.</source>
   <translation>服务器响应时的时间；签名要求双方时钟相差不超过 15 分钟。</translation>
  </message>
  <message>
   <source>The server, or a proxy on the way, does not answer pings: keep-alives by ping close it.</source>
   <translation>服务器或途中的代理不应答 ping：以 ping 保活会导致连接关闭。</translation>
  </message>
  <message>
   <source>The service belongs to another user.</source>
   <translation>该服务属于其他用户。</translation>
  </message>
  <message>
   <source>The service belongs to somebody else.</source>
   <translation>服务属于其他人。</translation>
  </message>
  <message>
   <source>The service cannot be changed in this state.</source>
   <translation>服务在当前状态下不能更改。</translation>
  </message>
  <message>
   <source>The service has no deployment '{name}'.</source>
   <translation>该服务没有部署“{name}”。</translation>
  </message>
  <message>
   <source>The service has no model '{name}'.</source>
   <translation>该服务没有模型“{name}”。</translation>
  </message>
  <message>
   <source>The service has several deployments: say which one.</source>
   <translation>该服务有多个部署：请指明是哪一个。</translation>
  </message>
  <message>
   <source>The service has several models.</source>
   <translation>该服务有多个模型。</translation>
  </message>
  <message>
   <source>The service is being deployed, but no application may call it yet: {why}</source>
   <translation>服务正在部署，但还没有 App 可以调用它：{why}</translation>
  </message>
  <message>
   <source>The service is being deployed, but not every application may call it: {why}</source>
   <translation>服务正在部署，但并非每个 App 都可以调用它：{why}</translation>
  </message>
  <message>
   <source>The service is deployed for another protocol.</source>
   <translation>服务以其他协议部署。</translation>
  </message>
  <message>
   <source>The service is frozen.</source>
   <translation>服务已被冻结。</translation>
  </message>
  <message>
   <source>The service is not available.</source>
   <translation>服务不可用。</translation>
  </message>
  <message>
   <source>The service is not reachable for the gateway.</source>
   <translation>网关无法到达该服务。</translation>
  </message>
  <message>
   <source>The service is not registered for applications.</source>
   <translation>该服务没有为 App 注册。</translation>
  </message>
  <message>
   <source>The service is not running.</source>
   <translation>服务没有运行。</translation>
  </message>
  <message>
   <source>The service is not there any more.</source>
   <translation>服务已不存在。</translation>
  </message>
  <message>
   <source>The service is registered for applications already.</source>
   <translation>该服务已为 App 注册。</translation>
  </message>
  <message>
   <source>The service wants a rate limit.</source>
   <translation>服务要求设置流量限制。</translation>
  </message>
  <message>
   <source>The service was changed in part: {problem}</source>
   <translation>服务只更改了一部分：{problem}</translation>
  </message>
  <message>
   <source>The service's API could not be registered.</source>
   <translation>无法注册该服务的 API。</translation>
  </message>
  <message>
   <source>The service's own flow limit is reached.</source>
   <translation>已达到服务自身的流量限制。</translation>
  </message>
  <message>
   <source>The service's own request timeout is over.</source>
   <translation>服务自身的请求超时已到。</translation>
  </message>
  <message>
   <source>The service's state does not allow this now.</source>
   <translation>服务当前的状态不允许此操作。</translation>
  </message>
  <message>
   <source>The services that it is bound to</source>
   <translation>它所绑定的服务</translation>
  </message>
  <message>
   <source>The setting 'Cookies'; none is sent where the host has set none.</source>
   <translation>设置“Cookie”；主机未设置任何 Cookie 时不发送。</translation>
  </message>
  <message>
   <source>The shell's variable {name} became {{{{{name}}}}}.</source>
   <translation>shell 变量 {name} 已转换为 {{{{{name}}}}}。</translation>
  </message>
  <message>
   <source>The signature does not match: a wrong secret key, or something changed on the way.</source>
   <translation>签名不匹配：密钥错误，或途中有内容被更改。</translation>
  </message>
  <message>
   <source>The signature's date</source>
   <translation>签名的日期</translation>
  </message>
  <message>
   <source>The signature's time is more than 15 minutes off the gateway's.</source>
   <translation>签名时间与网关相差超过 15 分钟。</translation>
  </message>
  <message>
   <source>The size of the body. Without it, a body is sent in chunks.</source>
   <translation>正文的大小。没有它时，正文以分块方式发送。</translation>
  </message>
  <message>
   <source>The stage of the published interface, such as RELEASE.</source>
   <translation>所发布接口的环境，例如 RELEASE。</translation>
  </message>
  <message>
   <source>The status says nothing of it: read it here.</source>
   <translation>状态码并未体现这一点：请在此处查看。</translation>
  </message>
  <message>
   <source>The status was already sent: read it here.</source>
   <translation>状态码早已发送：请在此处查看。</translation>
  </message>
  <message>
   <source>The stream begins with a byte order mark.</source>
   <translation>流以字节顺序标记开头。</translation>
  </message>
  <message>
   <source>The stream ended inside of an event ({size} bytes): it counts as never sent.</source>
   <translation>流在事件内部结束（{size} 字节）：视为从未发送。</translation>
  </message>
  <message>
   <source>The stream ended without its end mark ({dialect}).</source>
   <translation>流在没有结束标记的情况下结束（{dialect}）。</translation>
  </message>
  <message>
   <source>The stream is compressed ({coding}): whatever compresses may hold events back.</source>
   <translation>流经过压缩（{coding}）：执行压缩的一方可能会滞留事件。</translation>
  </message>
  <message>
   <source>The stream reported an error, outside of any event: {error}</source>
   <translation>流在任何事件之外报告了错误：{error}</translation>
  </message>
  <message>
   <source>The stream reported an error: {message}</source>
   <translation>流报告了错误：{message}</translation>
  </message>
  <message>
   <source>The stream was cut {after}, {came} had come: {whose}.</source>
   <translation>流{after}被切断，此前已收到{came}：{whose}。</translation>
  </message>
  <message>
   <source>The subprotocol that was chosen of: {offered}.</source>
   <translation>从以下子协议中选定：{offered}。</translation>
  </message>
  <message>
   <source>The system's fingerprint changes inside of the stream: {before}, then {name}.</source>
   <translation>系统指纹在流中发生变化：先是 {before}，后是 {name}。</translation>
  </message>
  <message>
   <source>The text became shorter: {now} characters after {before}.</source>
   <translation>文本变短：先是 {before} 个字符，现在是 {now} 个。</translation>
  </message>
  <message>
   <source>The text is whole; clients that wait for the end mark may hang or report an error.</source>
   <translation>文本是完整的；等待结束标记的客户端可能会挂起或报错。</translation>
  </message>
  <message>
   <source>The text with its variables filled is too long.</source>
   <translation>填入变量后的文本过长。</translation>
  </message>
  <message>
   <source>The time of signing, in UTC; the platform takes it for 15 minutes.</source>
   <translation>签名时间（UTC）；平台在 15 分钟内接受。</translation>
  </message>
  <message>
   <source>The token belongs to another account than the service.</source>
   <translation>Token 所属账号与服务不同。</translation>
  </message>
  <message>
   <source>The token cannot be read: cut off or damaged.</source>
   <translation>无法读取 Token：被截断或损坏。</translation>
  </message>
  <message>
   <source>The token expired {span} before it was sent.</source>
   <translation>Token 在发送前 {span} 已过期。</translation>
  </message>
  <message>
   <source>The token expires in {span}.</source>
   <translation>Token 将在 {span} 后过期。</translation>
  </message>
  <message>
   <source>The token has expired.</source>
   <translation>Token 已过期。</translation>
  </message>
  <message>
   <source>The token is damaged.</source>
   <translation>Token 已损坏。</translation>
  </message>
  <message>
   <source>The token is for an account or another region, not for this region's project.</source>
   <translation>Token 的作用域是账号或其他区域，而不是该区域的项目。</translation>
  </message>
  <message>
   <source>The token is for an account, not for a project.</source>
   <translation>Token 的作用域是账号，而不是项目。</translation>
  </message>
  <message>
   <source>The token is for another project.</source>
   <translation>Token 属于其他项目。</translation>
  </message>
  <message>
   <source>The token is missing.</source>
   <translation>缺少 Token。</translation>
  </message>
  <message>
   <source>The token is not for a project of this region.</source>
   <translation>Token 的作用域不是该区域的项目。</translation>
  </message>
  <message>
   <source>The token is not for a project.</source>
   <translation>Token 的作用域不是项目。</translation>
  </message>
  <message>
   <source>The token of a temporary key.</source>
   <translation>临时密钥的 Token。</translation>
  </message>
  <message>
   <source>The token of a temporary key; it belongs to AK/SK signatures only.</source>
   <translation>临时密钥的令牌；仅用于 AK/SK 签名。</translation>
  </message>
  <message>
   <source>The token that was made: what X-Auth-Token wants.</source>
   <translation>生成的 Token：即 X-Auth-Token 所需的值。</translation>
  </message>
  <message>
   <source>The token's end, as the identity service told it: {time}.</source>
   <translation>Token 的到期时间，由身份服务告知：{time}。</translation>
  </message>
  <message>
   <source>The token's life is over, or a permission changed.</source>
   <translation>Token 的有效期已过，或权限发生了变化。</translation>
  </message>
  <message>
   <source>The token's user may not do this here.</source>
   <translation>Token 的用户无权在此执行此操作。</translation>
  </message>
  <message>
   <source>The trace that this call is a part of (W3C Trace Context).</source>
   <translation>此次调用所属的追踪（W3C Trace Context）。</translation>
  </message>
  <message>
   <source>The type says event stream, but the body is none ({form}).</source>
   <translation>类型标为事件流，但正文不是（{form}）。</translation>
  </message>
  <message>
   <source>The type says {type}, but the body holds other frames ({form}).</source>
   <translation>类型标为 {type}，但正文中是其他帧（{form}）。</translation>
  </message>
  <message>
   <source>The user is forbidden in this region.</source>
   <translation>该用户在此区域被禁止。</translation>
  </message>
  <message>
   <source>The user lacks a permission.</source>
   <translation>用户缺少权限。</translation>
  </message>
  <message>
   <source>The user may not call the management interface.</source>
   <translation>该用户无权调用管理接口。</translation>
  </message>
  <message>
   <source>The user may not call this API.</source>
   <translation>该用户不能调用此 API。</translation>
  </message>
  <message>
   <source>The user may not use this region.</source>
   <translation>该用户无权使用此区域。</translation>
  </message>
  <message>
   <source>The value of the header '{name}' holds a line break or another control.</source>
   <translation>头部“{name}”的值含有换行或其他控制字符。</translation>
  </message>
  <message>
   <source>The value of the header {name} is a secret and was not written.</source>
   <translation>头部 {name} 的值是机密，没有写入。</translation>
  </message>
  <message>
   <source>The value of the parameter {name} is a secret and was not written.</source>
   <translation>参数 {name} 的值是机密，没有写入。</translation>
  </message>
  <message>
   <source>The value of {field} is a secret and was not written: name a credential instead.</source>
   <translation>{field}的值是机密，没有写入：请改为指定凭据。</translation>
  </message>
  <message>
   <source>The value of {name} must not contain &lt;, ^ and &gt;.</source>
   <translation>{name} 的值不能包含 &lt;、^ 和 &gt;。</translation>
  </message>
  <message>
   <source>The variable '{name}' has no value.</source>
   <translation>变量“{name}”没有值。</translation>
  </message>
  <message>
   <source>The variable '{name}' holds others, which make it grow.</source>
   <translation>变量“{name}”包含其他变量，使其不断增长。</translation>
  </message>
  <message>
   <source>The variables go round in a circle: {circle}.</source>
   <translation>变量形成循环：{circle}。</translation>
  </message>
  <message>
   <source>The version of the WebSocket protocol; 13 is that of RFC 6455.</source>
   <translation>WebSocket 协议的版本；13 即 RFC 6455 的版本。</translation>
  </message>
  <message>
   <source>The version of the interface that is spoken.</source>
   <translation>所使用的接口版本。</translation>
  </message>
  <message>
   <source>The web page that asks.</source>
   <translation>发出请求的网页。</translation>
  </message>
  <message>
   <source>The whole call</source>
   <translation>整个调用</translation>
  </message>
  <message>
   <source>The workspace '{name}' lists its services itself.</source>
   <translation>工作区“{name}”自行列出其服务。</translation>
  </message>
  <message>
   <source>The workspace lacks: {fields}.</source>
   <translation>工作区缺少：{fields}。</translation>
  </message>
  <message>
   <source>The workspace's project.</source>
   <translation>工作区的项目。</translation>
  </message>
  <message>
   <source>The workspace's region: its own project.</source>
   <translation>工作区的区域：其自身的项目。</translation>
  </message>
  <message>
   <source>The workspace.</source>
   <translation>工作区。</translation>
  </message>
  <message>
   <source>The {generation} of the platform has no such action: {action}.</source>
   <translation>平台的{generation}没有此操作：{action}。</translation>
  </message>
  <message>
   <source>The {status} of attempt {before} was followed to {url}.</source>
   <translation>第 {before} 次尝试返回 {status}，已跟随至 {url}。</translation>
  </message>
  <message>
   <source>Their addresses and their configurations are gone for good. This cannot be undone.</source>
   <translation>它们的地址和配置将永久消失。此操作无法撤销。</translation>
  </message>
  <message>
   <source>Theme</source>
   <translation>主题</translation>
  </message>
  <message>
   <source>There are no objectives '{name}'.</source>
   <translation>没有目标“{name}”。</translation>
  </message>
  <message>
   <source>There are no resources for it now.</source>
   <translation>目前没有可用的资源。</translation>
  </message>
  <message>
   <source>There are {count} URLs; 10 are possible.</source>
   <translation>有 {count} 个 URL；最多 10 个。</translation>
  </message>
  <message>
   <source>There are {count} services named '{name}'.</source>
   <translation>有 {count} 个名为“{name}”的服务。</translation>
  </message>
  <message>
   <source>There are {count} tags; 20 are possible.</source>
   <translation>有 {count} 个标签；最多 20 个。</translation>
  </message>
  <message>
   <source>There can be {most} at most.</source>
   <translation>最多 {most} 个。</translation>
  </message>
  <message>
   <source>There is a NUL character {place}.</source>
   <translation>{place}有一个 NUL 字符。</translation>
  </message>
  <message>
   <source>There is an environment '{name}' already.</source>
   <translation>已有环境“{name}”。</translation>
  </message>
  <message>
   <source>There is no URL to call.</source>
   <translation>没有可调用的 URL。</translation>
  </message>
  <message>
   <source>There is no address of an identity service to get a token from.</source>
   <translation>没有可获取 Token 的统一身份认证服务地址。</translation>
  </message>
  <message>
   <source>There is no address to test.</source>
   <translation>没有可测试的地址。</translation>
  </message>
  <message>
   <source>There is no application '{name}'.</source>
   <translation>没有 App“{name}”。</translation>
  </message>
  <message>
   <source>There is no credential '{name}'.</source>
   <translation>没有凭据“{name}”。</translation>
  </message>
  <message>
   <source>There is no dialect '{key}'.</source>
   <translation>没有方言“{key}”。</translation>
  </message>
  <message>
   <source>There is no entry {number}: the file has {count}.</source>
   <translation>没有条目 {number}：文件共有 {count} 个。</translation>
  </message>
  <message>
   <source>There is no environment '{name}'.</source>
   <translation>没有环境“{name}”。</translation>
  </message>
  <message>
   <source>There is no figure '{name}' to set a limit for.</source>
   <translation>没有可设置限制的指标“{name}”。</translation>
  </message>
  <message>
   <source>There is no file {path}.</source>
   <translation>没有文件 {path}。</translation>
  </message>
  <message>
   <source>There is no generation '{key}' on this platform.</source>
   <translation>该平台没有代次“{key}”。</translation>
  </message>
  <message>
   <source>There is no keyring here: it is kept in memory, for this session.</source>
   <translation>这里没有密钥环：仅在本次会话中保存在内存里。</translation>
  </message>
  <message>
   <source>There is no network to get a token through.</source>
   <translation>没有可用于获取 Token 的网络。</translation>
  </message>
  <message>
   <source>There is no project '{word}'.</source>
   <translation>没有项目“{word}”。</translation>
  </message>
  <message>
   <source>There is no query: an empty line.</source>
   <translation>没有查询：空行。</translation>
  </message>
  <message>
   <source>There is no service '{name}' in the workspace '{workspace}'.</source>
   <translation>工作区“{workspace}”中没有服务“{name}”。</translation>
  </message>
  <message>
   <source>There is no service.</source>
   <translation>没有服务。</translation>
  </message>
  <message>
   <source>There is no status '{word}'.</source>
   <translation>没有状态“{word}”。</translation>
  </message>
  <message>
   <source>There is no such App API.</source>
   <translation>没有这样的 App API。</translation>
  </message>
  <message>
   <source>There is no such App.</source>
   <translation>没有这样的 App。</translation>
  </message>
  <message>
   <source>There is no such application any more.</source>
   <translation>该 App 已不存在。</translation>
  </message>
  <message>
   <source>There is no such model any more.</source>
   <translation>该模型已不存在。</translation>
  </message>
  <message>
   <source>There is no such model.</source>
   <translation>没有这样的模型。</translation>
  </message>
  <message>
   <source>There is no such resource pool.</source>
   <translation>没有这样的资源池。</translation>
  </message>
  <message>
   <source>There is no such service.</source>
   <translation>没有这样的服务。</translation>
  </message>
  <message>
   <source>There is no workspace '{name}'.</source>
   <translation>没有工作区“{name}”。</translation>
  </message>
  <message>
   <source>There is no workspace to export.</source>
   <translation>没有可导出的工作区。</translation>
  </message>
  <message>
   <source>There is no {shelf} '{key}'.</source>
   <translation>没有 {shelf}“{key}”。</translation>
  </message>
  <message>
   <source>There is nothing at this path.</source>
   <translation>该路径下没有任何内容。</translation>
  </message>
  <message>
   <source>There is one called '{name}' already.</source>
   <translation>已有名为“{name}”的项。</translation>
  </message>
  <message>
   <source>There was no answer.</source>
   <translation>没有响应。</translation>
  </message>
  <message>
   <source>These are no workspaces of Streamscope.</source>
   <translation>这些不是 Streamscope 的工作区。</translation>
  </message>
  <message>
   <source>These are {count} characters; 100 are allowed.</source>
   <translation>有 {count} 个字符；最多允许 100 个。</translation>
  </message>
  <message>
   <source>These characters are not allowed: {characters}</source>
   <translation>不允许使用这些字符：{characters}</translation>
  </message>
  <message>
   <source>This ( is not closed</source>
   <translation>此 ( 没有闭合</translation>
  </message>
  <message>
   <source>This cannot be written as a WebSocket frame: {reason}.</source>
   <translation>这无法写成 WebSocket 帧：{reason}。</translation>
  </message>
  <message>
   <source>This is PowerShell's own Invoke-WebRequest, no curl.</source>
   <translation>这是 PowerShell 自己的 Invoke-WebRequest，不是 curl。</translation>
  </message>
  <message>
   <source>This is needed.</source>
   <translation>此项必填。</translation>
  </message>
  <message>
   <source>This is no TOML file.</source>
   <translation>这不是 TOML 文件。</translation>
  </message>
  <message>
   <source>This is no curl command.</source>
   <translation>这不是 curl 命令。</translation>
  </message>
  <message>
   <source>This is no token of this platform: cut off, of another region, or no token at all.</source>
   <translation>这不是该平台的 Token：被截断、属于其他区域，或根本不是 Token。</translation>
  </message>
  <message>
   <source>This is none of the choices.</source>
   <translation>它不在可选项之中。</translation>
  </message>
  <message>
   <source>This is not a number.</source>
   <translation>这不是数字。</translation>
  </message>
  <message>
   <source>This is not a regular expression: {reason}</source>
   <translation>这不是正则表达式：{reason}</translation>
  </message>
  <message>
   <source>This is not a whole number.</source>
   <translation>这不是整数。</translation>
  </message>
  <message>
   <source>This is not allowed for who signed in.</source>
   <translation>当前登录身份无权执行此操作。</translation>
  </message>
  <message>
   <source>This link leads back to a folder above it.</source>
   <translation>此链接指回其上级文件夹。</translation>
  </message>
  <message>
   <source>This machine's address is not in the service's access list.</source>
   <translation>本机地址不在服务的访问名单中。</translation>
  </message>
  <message>
   <source>This machine's clock</source>
   <translation>本机时钟</translation>
  </message>
  <message>
   <source>This one reads format {n} and older: update Streamscope.</source>
   <translation>本版本读取格式 {n} 及更早的：请更新 Streamscope。</translation>
  </message>
  <message>
   <source>This path is not one of the service's APIs.</source>
   <translation>该路径不是服务的 API。</translation>
  </message>
  <message>
   <source>This program was late by {ms} ms: times of messages may be late, too.</source>
   <translation>本程序延迟了 {ms} 毫秒：消息的时间也可能偏晚。</translation>
  </message>
  <message>
   <source>This quote is not closed</source>
   <translation>此引号没有闭合</translation>
  </message>
  <message>
   <source>This recording has no answer that could be served.</source>
   <translation>该记录没有可供回放的响应。</translation>
  </message>
  <message>
   <source>This regular expression does not end</source>
   <translation>此正则表达式没有结束</translation>
  </message>
  <message>
   <source>This request cannot be written as HTTP.</source>
   <translation>该请求无法写成 HTTP。</translation>
  </message>
  <message>
   <source>This user may not call this service.</source>
   <translation>该用户不能调用此服务。</translation>
  </message>
  <message>
   <source>This version exists already.</source>
   <translation>该版本已存在。</translation>
  </message>
  <message>
   <source>This version of TLS is not taken.</source>
   <translation>不接受该 TLS 版本。</translation>
  </message>
  <message>
   <source>This version of the model is in the service already.</source>
   <translation>服务中已有该模型的这一版本。</translation>
  </message>
  <message>
   <source>Through the endpoint in your VPC, under its private name.</source>
   <translation>经您 VPC 中的终端节点，使用其内网名称。</translation>
  </message>
  <message>
   <source>Through the platform's gateway, from anywhere.</source>
   <translation>经平台网关，任何地方可达。</translation>
  </message>
  <message>
   <source>Time</source>
   <translation>时间</translation>
  </message>
  <message>
   <source>Time for deploying (min)</source>
   <translation>部署时限（分钟）</translation>
  </message>
  <message>
   <source>Time for one chunk</source>
   <translation>单个块的时间</translation>
  </message>
  <message>
   <source>Time for one token</source>
   <translation>单个 token 的时间</translation>
  </message>
  <message>
   <source>Time for one token (TPOT)</source>
   <translation>单个 token 的时间（TPOT）</translation>
  </message>
  <message>
   <source>Time in all</source>
   <translation>总时间</translation>
  </message>
  <message>
   <source>Time limit (s)</source>
   <translation>时限（秒）</translation>
  </message>
  <message>
   <source>Time limits, in seconds</source>
   <translation>时间限制（秒）</translation>
  </message>
  <message>
   <source>Time to connect</source>
   <translation>连接时间</translation>
  </message>
  <message>
   <source>Time to wait for data</source>
   <translation>等待数据的时间</translation>
  </message>
  <message>
   <source>Timeline</source>
   <translation>时间线</translation>
  </message>
  <message>
   <source>Token</source>
   <translation>Token</translation>
  </message>
  <message>
   <source>Token expires</source>
   <translation>Token 到期</translation>
  </message>
  <message>
   <source>Tokens are often copied with a line break: paste it again on one line.</source>
   <translation>复制 Token 时常会带上换行：请重新粘贴为一行。</translation>
  </message>
  <message>
   <source>Tokens came unevenly: half of the gaps are under {p50} ms, one in twenty is over {p95} ms.</source>
   <translation>token 到达不均匀：一半的间隔不到 {p50} 毫秒，二十分之一超过 {p95} 毫秒。</translation>
  </message>
  <message>
   <source>Tokens of several choices are counted together.</source>
   <translation>多个候选的 token 合并计数。</translation>
  </message>
  <message>
   <source>Too many levels of symbolic links</source>
   <translation>符号链接层级过多</translation>
  </message>
  <message>
   <source>Too many open files</source>
   <translation>打开的文件过多</translation>
  </message>
  <message>
   <source>Too many parentheses within each other</source>
   <translation>括号嵌套过深</translation>
  </message>
  <message>
   <source>Too many requests.</source>
   <translation>请求过多。</translation>
  </message>
  <message>
   <source>Too many requests: the throttle has closed.</source>
   <translation>请求过多：已触发流控。</translation>
  </message>
  <message>
   <source>Top the account up; frozen services start again by hand.</source>
   <translation>请为账号充值；被冻结的服务需手动重新启动。</translation>
  </message>
  <message>
   <source>Total</source>
   <translation>总计</translation>
  </message>
  <message>
   <source>Tree</source>
   <translation>树形</translation>
  </message>
  <message>
   <source>Tried before</source>
   <translation>先前尝试</translation>
  </message>
  <message>
   <source>Tries to reconnect</source>
   <translation>重连尝试次数</translation>
  </message>
  <message>
   <source>Triton and KServe generate_stream</source>
   <translation>Triton 与 KServe generate_stream</translation>
  </message>
  <message>
   <source>Trust the authorities in this file alone (PEM).</source>
   <translation>仅信任此文件（PEM）中的证书颁发机构。</translation>
  </message>
  <message>
   <source>Trust the certificate by its fingerprint instead.</source>
   <translation>请改为按指纹信任该证书。</translation>
  </message>
  <message>
   <source>Try again in a moment; where it lasts, tell the platform's support.</source>
   <translation>请稍后重试；若持续出现，请联系平台支持。</translation>
  </message>
  <message>
   <source>Try again later, or look at the service's state.</source>
   <translation>请稍后重试，或查看服务的状态。</translation>
  </message>
  <message>
   <source>Try again once it is unlocked, or type the secret for this time.</source>
   <translation>请在解锁后重试，或本次直接输入机密。</translation>
  </message>
  <message>
   <source>Try again.</source>
   <translation>请重试。</translation>
  </message>
  <message>
   <source>Try again; the model may be slow.</source>
   <translation>请重试；模型可能较慢。</translation>
  </message>
  <message>
   <source>Try https:// instead of http:// (wss:// instead of ws://).</source>
   <translation>请用 https:// 代替 http://（wss:// 代替 ws://）。</translation>
  </message>
  <message>
   <source>Two answers may be mixed, or a proxy asked again without saying so.</source>
   <translation>可能混入了两个响应，或代理在没有说明的情况下重新请求。</translation>
  </message>
  <message>
   <source>Two different servers may have written parts of one answer.</source>
   <translation>同一响应的不同部分可能由两台服务器写出。</translation>
  </message>
  <message>
   <source>Type it in the environment; it is kept in the keyring. Or set {variable}.</source>
   <translation>请在环境中输入；它保存在密钥环中。或设置 {variable}。</translation>
  </message>
  <message>
   <source>Type one, such as https://host:port/path.</source>
   <translation>请输入一个，例如 https://host:port/path。</translation>
  </message>
  <message>
   <source>Type the code that the MFA device shows now; each is good once, for half a minute.</source>
   <translation>请输入 MFA 设备当前显示的验证码；每个验证码只能用一次，有效半分钟。</translation>
  </message>
  <message>
   <source>Typed by you.</source>
   <translation>由您输入。</translation>
  </message>
  <message>
   <source>Typed by you: it stays as it is, the authentication adds none.</source>
   <translation>由您输入：保持原样，认证不再添加。</translation>
  </message>
  <message>
   <source>URL</source>
   <translation>URL</translation>
  </message>
  <message>
   <source>URLs of your own</source>
   <translation>自定义 URL</translation>
  </message>
  <message>
   <source>Unit of that time</source>
   <translation>该时间的单位</translation>
  </message>
  <message>
   <source>Units are {units}.</source>
   <translation>可用单位：{units}。</translation>
  </message>
  <message>
   <source>Unlock it in the system's own password program, then try again; or type the secret here.</source>
   <translation>请在系统的密码程序中解锁并重试；或在此输入机密。</translation>
  </message>
  <message>
   <source>Until it answers</source>
   <translation>直到响应</translation>
  </message>
  <message>
   <source>Until it is deleted</source>
   <translation>直到被删除</translation>
  </message>
  <message>
   <source>Until it succeeds the other checks wait.</source>
   <translation>在它通过之前，其他检查会等待。</translation>
  </message>
  <message>
   <source>Up to 20.</source>
   <translation>最多 20 个。</translation>
  </message>
  <message>
   <source>Up to 512 characters, no &lt; and &gt;.</source>
   <translation>最多 512 个字符，不含 &lt; 和 &gt;。</translation>
  </message>
  <message>
   <source>Update</source>
   <translation>更新</translation>
  </message>
  <message>
   <source>Update Streamscope to read it.</source>
   <translation>请更新 Streamscope 后读取。</translation>
  </message>
  <message>
   <source>Update Streamscope to see and change them.</source>
   <translation>请更新 Streamscope 以查看和更改它们。</translation>
  </message>
  <message>
   <source>Update it again once its state no longer changes: only what is left will be sent.</source>
   <translation>请在其状态不再变化后再次更新：只会发送剩余的部分。</translation>
  </message>
  <message>
   <source>Update the program; the file is left as it is.</source>
   <translation>请更新程序；该文件保持原样。</translation>
  </message>
  <message>
   <source>Update the service…</source>
   <translation>更新服务…</translation>
  </message>
  <message>
   <source>Update…</source>
   <translation>更新…</translation>
  </message>
  <message>
   <source>Upgrade</source>
   <translation>升级</translation>
  </message>
  <message>
   <source>Upgrade calls to WebSocket; it cannot be switched off again</source>
   <translation>将调用升级为 WebSocket；之后无法关闭</translation>
  </message>
  <message>
   <source>Usage was asked for (stream_options.include_usage), but none came.</source>
   <translation>请求了用量（stream_options.include_usage），但没有返回。</translation>
  </message>
  <message>
   <source>Use HTTPS instead</source>
   <translation>改用 HTTPS</translation>
  </message>
  <message>
   <source>Use TLS 1.2, or whatever the message names.</source>
   <translation>请使用 TLS 1.2，或消息中指明的版本。</translation>
  </message>
  <message>
   <source>Use WebSocket instead</source>
   <translation>改用 WebSocket</translation>
  </message>
  <message>
   <source>Use a newer Streamscope.</source>
   <translation>请使用更新的 Streamscope。</translation>
  </message>
  <message>
   <source>Use a trusted address, or have this one added to the App's list.</source>
   <translation>请使用受信任的地址，或把该地址加入 App 的名单。</translation>
  </message>
  <message>
   <source>Use a user and a project of the service's region.</source>
   <translation>请使用服务所在区域的用户和项目。</translation>
  </message>
  <message>
   <source>Use an HTTP proxy: http://host:port, or 'none'.</source>
   <translation>请使用 HTTP 代理：http://host:port，或“none”。</translation>
  </message>
  <message>
   <source>Use http://, https://, ws:// or wss://.</source>
   <translation>请使用 http://、https://、ws:// 或 wss://。</translation>
  </message>
  <message>
   <source>Use https:// or wss://, or no authentication where nothing checks it.</source>
   <translation>请使用 https:// 或 wss://；若无环节检查认证，请不使用认证。</translation>
  </message>
  <message>
   <source>Use small letters, digits, - and _.</source>
   <translation>请使用小写字母、数字、- 和 _。</translation>
  </message>
  <message>
   <source>Use the IAM token for large bodies, or send it all the same.</source>
   <translation>大正文请使用 IAM Token，或仍然发送。</translation>
  </message>
  <message>
   <source>Use the IAM token instead</source>
   <translation>改用 IAM Token</translation>
  </message>
  <message>
   <source>Use the account of the service's owner, or ask for the permission.</source>
   <translation>请使用服务所有者的账号，或申请权限。</translation>
  </message>
  <message>
   <source>Use the address of the row that fits the authentication.</source>
   <translation>请使用与认证方式相符的那一行地址。</translation>
  </message>
  <message>
   <source>Use the network that the access list names, or have the address added.</source>
   <translation>请使用访问名单所列的网络，或申请加入该地址。</translation>
  </message>
  <message>
   <source>Use the network that the service's access list names.</source>
   <translation>请使用服务访问名单所列的网络。</translation>
  </message>
  <message>
   <source>Use the newer program, or another profile with --profile DIR.</source>
   <translation>请使用更新的程序，或用 --profile DIR 选择其他配置目录。</translation>
  </message>
  <message>
   <source>Use the public network instead</source>
   <translation>改用公网</translation>
  </message>
  <message>
   <source>Use the service's path {path}</source>
   <translation>使用服务的路径 {path}</translation>
  </message>
  <message>
   <source>Use {unit}.</source>
   <translation>请使用 {unit}。</translation>
  </message>
  <message>
   <source>User</source>
   <translation>用户</translation>
  </message>
  <message>
   <source>VPC</source>
   <translation>VPC</translation>
  </message>
  <message>
   <source>VPC endpoint</source>
   <translation>VPC 终端节点</translation>
  </message>
  <message>
   <source>VPC high-speed</source>
   <translation>VPC 高速</translation>
  </message>
  <message>
   <source>VPC id</source>
   <translation>VPC ID</translation>
  </message>
  <message>
   <source>VPC, subnet and security group are given together or not at all.</source>
   <translation>VPC、子网和安全组要么全部填写，要么都不填。</translation>
  </message>
  <message>
   <source>Valid</source>
   <translation>有效期</translation>
  </message>
  <message>
   <source>Variables of the container</source>
   <translation>容器的环境变量</translation>
  </message>
  <message>
   <source>Variables that it is started with.</source>
   <translation>启动时设置的变量。</translation>
  </message>
  <message>
   <source>Vector model</source>
   <translation>向量模型</translation>
  </message>
  <message>
   <source>Version</source>
   <translation>版本</translation>
  </message>
  <message>
   <source>Versions</source>
   <translation>版本</translation>
  </message>
  <message>
   <source>Video generation</source>
   <translation>视频生成</translation>
  </message>
  <message>
   <source>Wait</source>
   <translation>等待</translation>
  </message>
  <message>
   <source>Wait five minutes, then send once with the right secret key.</source>
   <translation>请等待五分钟，再用正确的密钥发送一次。</translation>
  </message>
  <message>
   <source>Wait for the next period, or raise the quota.</source>
   <translation>请等待下一周期，或提高配额。</translation>
  </message>
  <message>
   <source>Wait longer with --timeout, or look at its events.</source>
   <translation>请用 --timeout 等待更长时间，或查看其事件。</translation>
  </message>
  <message>
   <source>Wait some seconds, then try again.</source>
   <translation>请等待几秒后重试。</translation>
  </message>
  <message>
   <source>Wait until it is, then deploy.</source>
   <translation>请等待发布完成再部署。</translation>
  </message>
  <message>
   <source>Wait until it runs or has stopped.</source>
   <translation>请等待其运行或停止。</translation>
  </message>
  <message>
   <source>Wait until the model is ready, then deploy it.</source>
   <translation>请等待模型就绪后再部署。</translation>
  </message>
  <message>
   <source>Wait until the service's state no longer changes, then try again.</source>
   <translation>请等待服务的状态不再变化后重试。</translation>
  </message>
  <message>
   <source>Wait until {time} UTC, as Retry-After asks, then send again.</source>
   <translation>请按 Retry-After 的要求等到 {time}（UTC）再发送。</translation>
  </message>
  <message>
   <source>Wait {span}, as Retry-After asks, then send again.</source>
   <translation>请按 Retry-After 的要求等待 {span} 后再发送。</translation>
  </message>
  <message>
   <source>Wait {span}, until {time} UTC, as Retry-After asks, then send again.</source>
   <translation>请按 Retry-After 的要求等待 {span}，到 {time}（UTC）再发送。</translation>
  </message>
  <message>
   <source>Wait: this is often over in minutes. Otherwise choose a smaller specification or fewer instances.</source>
   <translation>请等待：这通常几分钟内就会好转。否则请选择更小的规格或更少的实例。</translation>
  </message>
  <message>
   <source>Waiting</source>
   <translation>等待</translation>
  </message>
  <message>
   <source>Warning</source>
   <translation>警告</translation>
  </message>
  <message>
   <source>Way</source>
   <translation>链路</translation>
  </message>
  <message>
   <source>WebSocket</source>
   <translation>WebSocket</translation>
  </message>
  <message>
   <source>WebSocket (ws)</source>
   <translation>WebSocket（ws）</translation>
  </message>
  <message>
   <source>WebSocket with TLS (wss)</source>
   <translation>带 TLS 的 WebSocket（wss）</translation>
  </message>
  <message>
   <source>Weight</source>
   <translation>权重</translation>
  </message>
  <message>
   <source>What answered. 'ModelArts' without an error code in the body: the answer is from your model.</source>
   <translation>由谁响应。“ModelArts”且正文中没有错误码：响应来自您的模型。</translation>
  </message>
  <message>
   <source>What becomes of this connection: 'close' ends it after the answer, 'Upgrade' turns it.</source>
   <translation>此连接的去向：“close”在响应之后结束它，“Upgrade”切换它。</translation>
  </message>
  <message>
   <source>What belongs to the content, such as things to be loaded early.</source>
   <translation>属于该内容的资源，例如可提前加载的内容。</translation>
  </message>
  <message>
   <source>What follows the first curl was left out.</source>
   <translation>第一个 curl 之后的内容已省略。</translation>
  </message>
  <message>
   <source>What happened</source>
   <translation>发生了什么</translation>
  </message>
  <message>
   <source>What is allowed</source>
   <translation>允许的内容</translation>
  </message>
  <message>
   <source>What is chosen at the start.</source>
   <translation>启动时选择的工作区。</translation>
  </message>
  <message>
   <source>What one instance gets.</source>
   <translation>每个实例所获得的资源。</translation>
  </message>
  <message>
   <source>What proves to the proxy who asks.</source>
   <translation>向代理证明请求者身份的内容。</translation>
  </message>
  <message>
   <source>What proves who asks: a scheme, then its credential or signature.</source>
   <translation>证明请求者身份的内容：方案，随后是其凭据或签名。</translation>
  </message>
  <message>
   <source>What runs</source>
   <translation>运行内容</translation>
  </message>
  <message>
   <source>What the header {name} says, instead of the body's hash.</source>
   <translation>采用头部 {name} 的内容，代替正文的散列值。</translation>
  </message>
  <message>
   <source>What the model does.</source>
   <translation>模型的用途。</translation>
  </message>
  <message>
   <source>What the protocol wants to be answered with.</source>
   <translation>协议希望得到的响应类型。</translation>
  </message>
  <message>
   <source>What the server says that its parts took.</source>
   <translation>服务器声称的各部分耗时。</translation>
  </message>
  <message>
   <source>What the server sent in between never came: a client must ask for it again.</source>
   <translation>服务器在此期间发送的内容没有到达：客户端必须重新请求。</translation>
  </message>
  <message>
   <source>What this host had set before.</source>
   <translation>该主机先前设置的内容。</translation>
  </message>
  <message>
   <source>What to look for is missing here</source>
   <translation>此处缺少要查找的内容</translation>
  </message>
  <message>
   <source>What vendors add to the trace.</source>
   <translation>供应商添加到追踪中的内容。</translation>
  </message>
  <message>
   <source>What was to be deployed is not there any more.</source>
   <translation>要部署的内容已不存在。</translation>
  </message>
  <message>
   <source>What {place} answered is not HTTP: {reason}.</source>
   <translation>{place} 的应答不是 HTTP：{reason}。</translation>
  </message>
  <message>
   <source>When an open connection is lost. Never after a normal close, nor after one from here.</source>
   <translation>打开的连接丢失时。正常关闭或由本端关闭之后从不重连。</translation>
  </message>
  <message>
   <source>When it is enough</source>
   <translation>何时足够</translation>
  </message>
  <message>
   <source>When it was signed, in UTC; the gateway takes it for 15 minutes.</source>
   <translation>签名的时间（UTC）；网关在 15 分钟内接受它。</translation>
  </message>
  <message>
   <source>When the count of requests begins anew.</source>
   <translation>请求计数重新开始的时间。</translation>
  </message>
  <message>
   <source>When the count of tokens begins anew.</source>
   <translation>token 计数重新开始的时间。</translation>
  </message>
  <message>
   <source>Where and how it runs</source>
   <translation>在哪里以及如何运行</translation>
  </message>
  <message>
   <source>Where it starts; the file's own folder otherwise.</source>
   <translation>启动位置；为空则用文件所在的文件夹。</translation>
  </message>
  <message>
   <source>Where the container listens, 1 to 65535.</source>
   <translation>容器监听的端口，1 到 65535。</translation>
  </message>
  <message>
   <source>Where the workspace does not know it.</source>
   <translation>当工作区不知道时填写。</translation>
  </message>
  <message>
   <source>Where to ask instead, or where what was made is found.</source>
   <translation>应改为向何处请求，或所创建的内容在何处。</translation>
  </message>
  <message>
   <source>Whether a cache on the way had the answer.</source>
   <translation>途中的缓存是否已有该响应。</translation>
  </message>
  <message>
   <source>Whether the body is meant as a file, and its name.</source>
   <translation>正文是否作为文件，以及文件名。</translation>
  </message>
  <message>
   <source>Whether the text is whole or was cut at a limit cannot be told.</source>
   <translation>无法判断文本是完整的还是在某个限制处被截断。</translation>
  </message>
  <message>
   <source>Whether trailers are understood.</source>
   <translation>是否支持尾部字段。</translation>
  </message>
  <message>
   <source>Which codings the Accept-Encoding header asks for.</source>
   <translation>Accept-Encoding 头部所要求的编码。</translation>
  </message>
  <message>
   <source>Which request headers change the answer: caches keep them apart.</source>
   <translation>哪些请求头部会改变响应：缓存据此区分。</translation>
  </message>
  <message>
   <source>Which status is to be waited for?</source>
   <translation>要等待哪个状态？</translation>
  </message>
  <message>
   <source>Which web pages may read the answer; programs are not bound by it.</source>
   <translation>哪些网页可以读取响应；程序不受其约束。</translation>
  </message>
  <message>
   <source>While it is changed; usual is 0</source>
   <translation>更改期间；通常为 0</translation>
  </message>
  <message>
   <source>While it is changed; usual is 1</source>
   <translation>更改期间；通常为 1</translation>
  </message>
  <message>
   <source>While it is upgraded, 1 to 100.</source>
   <translation>升级期间，1 到 100。</translation>
  </message>
  <message>
   <source>Who may keep the answer, and for how long; 'no-transform' keeps proxies from packing it.</source>
   <translation>谁可以保存响应以及多久；“no-transform”使代理不对其压缩。</translation>
  </message>
  <message>
   <source>Whoever answers is believed, and what is sent may go to someone else: passwords, tokens, the body.</source>
   <translation>无论谁应答都会被相信，发送的内容（密码、Token、正文）可能落入他人之手。</translation>
  </message>
  <message>
   <source>With it subnet and security group are needed</source>
   <translation>填写后还需要子网和安全组</translation>
  </message>
  <message>
   <source>Workspace</source>
   <translation>工作区</translation>
  </message>
  <message>
   <source>Workspaces…</source>
   <translation>工作区…</translation>
  </message>
  <message>
   <source>Wrap long lines</source>
   <translation>长行自动换行</translation>
  </message>
  <message>
   <source>Write " where the text ends.</source>
   <translation>请在文本结束处写 "。</translation>
  </message>
  <message>
   <source>Write ) where it ends.</source>
   <translation>请在结束处写 )。</translation>
  </message>
  <message>
   <source>Write -F name=value or -F name=@file.</source>
   <translation>请写作 -F name=value 或 -F name=@file。</translation>
  </message>
  <message>
   <source>Write /…/ or /…/i; a text with slashes stands in quotes.</source>
   <translation>请写 /…/ 或 /…/i；含斜杠的文本请加引号。</translation>
  </message>
  <message>
   <source>Write HOST:PORT:ADDRESS, for example infer.example:443:10.0.0.7.</source>
   <translation>请写 HOST:PORT:ADDRESS，例如 infer.example:443:10.0.0.7。</translation>
  </message>
  <message>
   <source>Write NAME=VALUE, one a line.</source>
   <translation>请写作 NAME=VALUE，每行一个。</translation>
  </message>
  <message>
   <source>Write `- Name: value`.</source>
   <translation>请写作 `- Name: value`。</translation>
  </message>
  <message>
   <source>Write a name and a number: ttft=500ms, tpot=40ms.</source>
   <translation>请写名称和数字：ttft=500ms, tpot=40ms。</translation>
  </message>
  <message>
   <source>Write a number from 0 on.</source>
   <translation>请写从 0 起的数字。</translation>
  </message>
  <message>
   <source>Write a word.</source>
   <translation>请写一个词。</translation>
  </message>
  <message>
   <source>Write it as seconds, for example --{option} 10.</source>
   <translation>请以秒为单位填写，例如 --{option} 10。</translation>
  </message>
  <message>
   <source>Write it flatter.</source>
   <translation>请减少嵌套层级。</translation>
  </message>
  <message>
   <source>Write one URL a line into the workspace.</source>
   <translation>请在工作区中填写 URL，每行一个。</translation>
  </message>
  <message>
   <source>Write one of {words}.</source>
   <translation>请写以下之一：{words}。</translation>
  </message>
  <message>
   <source>Write text in quotes.</source>
   <translation>请将文本写在引号中。</translation>
  </message>
  <message>
   <source>Write the number alone.</source>
   <translation>请只写数字。</translation>
  </message>
  <message>
   <source>Write the value out where it is used.</source>
   <translation>请在使用处写出该值。</translation>
  </message>
  <message>
   <source>Write them into the command: -H 'Name: value'.</source>
   <translation>请将其写入命令：-H 'Name: value'。</translation>
  </message>
  <message>
   <source>Write {text}ms or {text}s.</source>
   <translation>请写 {text}ms 或 {text}s。</translation>
  </message>
  <message>
   <source>Your own words</source>
   <translation>您自己的说明</translation>
  </message>
  <message>
   <source>Yours stays open. When it is saved, you are asked which one to keep.</source>
   <translation>您的版本保持打开。保存时会询问保留哪一个。</translation>
  </message>
  <message>
   <source>a body that was cut</source>
   <translation>被切断的正文</translation>
  </message>
  <message>
   <source>a byte order mark</source>
   <translation>字节顺序标记</translation>
  </message>
  <message>
   <source>a character split between two reads</source>
   <translation>被拆在两次读取之间的字符</translation>
  </message>
  <message>
   <source>a close code that is not a normal end</source>
   <translation>并非正常结束的关闭代码</translation>
  </message>
  <message>
   <source>a code of the service's own</source>
   <translation>服务自定义的代码</translation>
  </message>
  <message>
   <source>a colon is missing after the name</source>
   <translation>名称之后缺少冒号</translation>
  </message>
  <message>
   <source>a comma is missing before this</source>
   <translation>此处之前缺少逗号</translation>
  </message>
  <message>
   <source>a comma too many</source>
   <translation>多了一个逗号</translation>
  </message>
  <message>
   <source>a connection that was lost and opened again</source>
   <translation>丢失后重新打开的连接</translation>
  </message>
  <message>
   <source>a credential that is readable on the wire</source>
   <translation>在线路上可读的凭据</translation>
  </message>
  <message>
   <source>a credential where nothing checks it</source>
   <translation>没有环节检查的凭据</translation>
  </message>
  <message>
   <source>a finish reason without an end mark</source>
   <translation>有完成原因但没有结束标记</translation>
  </message>
  <message>
   <source>a further attempt</source>
   <translation>再一次尝试</translation>
  </message>
  <message>
   <source>a handshake that was not taken</source>
   <translation>未被接受的握手</translation>
  </message>
  <message>
   <source>a kept connection that the server had closed</source>
   <translation>服务器已关闭的保持连接</translation>
  </message>
  <message>
   <source>a message</source>
   <translation>一条消息</translation>
  </message>
  <message>
   <source>a message in fragments</source>
   <translation>分片的消息</translation>
  </message>
  <message>
   <source>a message in frames of 64 KB</source>
   <translation>以 64 KB 帧传送的消息</translation>
  </message>
  <message>
   <source>a message over the usual limit</source>
   <translation>超过常见限制的消息</translation>
  </message>
  <message>
   <source>a message's type, a control's name</source>
   <translation>消息的类型、控制的名称</translation>
  </message>
  <message>
   <source>a model's name that changes</source>
   <translation>发生变化的模型名称</translation>
  </message>
  <message>
   <source>a name in double quotes is expected</source>
   <translation>此处应为双引号中的名称</translation>
  </message>
  <message>
   <source>a number that came twice</source>
   <translation>重复出现的序号</translation>
  </message>
  <message>
   <source>a ping of the server without a pong from here</source>
   <translation>服务器的 ping 没有得到本端的 pong</translation>
  </message>
  <message>
   <source>a ping without its pong</source>
   <translation>没有 pong 的 ping</translation>
  </message>
  <message>
   <source>a pong that took long</source>
   <translation>迟来的 pong</translation>
  </message>
  <message>
   <source>a reconnection time that is no number</source>
   <translation>不是数字的重连时间</translation>
  </message>
  <message>
   <source>a redirect that was followed</source>
   <translation>被跟随的重定向</translation>
  </message>
  <message>
   <source>a registered code that the service gives</source>
   <translation>服务给出的已注册代码</translation>
  </message>
  <message>
   <source>a regular expression in what an event holds</source>
   <translation>事件内容的正则表达式</translation>
  </message>
  <message>
   <source>a slow start</source>
   <translation>缓慢的开始</translation>
  </message>
  <message>
   <source>a status that refuses, explained by the layer that gave it</source>
   <translation>表示拒绝的状态码，由给出它的层来解释</translation>
  </message>
  <message>
   <source>a stream that stood still</source>
   <translation>停顿的流</translation>
  </message>
  <message>
   <source>a stream that was held back</source>
   <translation>被滞留的流</translation>
  </message>
  <message>
   <source>a stream without its end mark</source>
   <translation>没有结束标记的流</translation>
  </message>
  <message>
   <source>a string is broken over several data lines</source>
   <translation>一个字符串被断在多个 data 行上</translation>
  </message>
  <message>
   <source>a system's fingerprint that changes</source>
   <translation>发生变化的系统指纹</translation>
  </message>
  <message>
   <source>a text stands in straight double quotes</source>
   <translation>文本要用直双引号括起</translation>
  </message>
  <message>
   <source>a token at its end</source>
   <translation>临近到期的 Token</translation>
  </message>
  <message>
   <source>a value does not fit: {problem}</source>
   <translation>有值不符合要求：{problem}</translation>
  </message>
  <message>
   <source>a value is missing</source>
   <translation>缺少值</translation>
  </message>
  <message>
   <source>accepted by its fingerprint</source>
   <translation>按指纹接受</translation>
  </message>
  <message>
   <source>add a deployment</source>
   <translation>添加部署</translation>
  </message>
  <message>
   <source>add an App code</source>
   <translation>添加 AppCode</translation>
  </message>
  <message>
   <source>af-north-1 — Cairo</source>
   <translation>af-north-1 — 开罗</translation>
  </message>
  <message>
   <source>af-south-1 — Johannesburg</source>
   <translation>af-south-1 — 约翰内斯堡</translation>
  </message>
  <message>
   <source>after {n} s of silence</source>
   <translation>静默 {n} 秒之后</translation>
  </message>
  <message>
   <source>agreeing on encryption</source>
   <translation>正在协商加密</translation>
  </message>
  <message>
   <source>all of them</source>
   <translation>全部</translation>
  </message>
  <message>
   <source>all others; also a - in front</source>
   <translation>其余全部；也可在前面加 -</translation>
  </message>
  <message>
   <source>an answer's id that changes</source>
   <translation>发生变化的响应 id</translation>
  </message>
  <message>
   <source>an end at a gateway's time limit</source>
   <translation>在网关时间限制处结束</translation>
  </message>
  <message>
   <source>an end mark without a finish reason</source>
   <translation>有结束标记但没有完成原因</translation>
  </message>
  <message>
   <source>an error in JSON where a stream was asked for</source>
   <translation>请求流时返回的 JSON 错误</translation>
  </message>
  <message>
   <source>an error under a good status</source>
   <translation>正常状态码下的错误</translation>
  </message>
  <message>
   <source>an event stream under another type</source>
   <translation>以其他类型返回的事件流</translation>
  </message>
  <message>
   <source>an id that came again</source>
   <translation>再次出现的 id</translation>
  </message>
  <message>
   <source>an id with a NUL character</source>
   <translation>含有 NUL 字符的 id</translation>
  </message>
  <message>
   <source>an incomplete last event</source>
   <translation>不完整的最后一个事件</translation>
  </message>
  <message>
   <source>another model than was asked for</source>
   <translation>与所请求不同的模型</translation>
  </message>
  <message>
   <source>another type than was asked for, or than came</source>
   <translation>与所请求或所返回不同的类型</translation>
  </message>
  <message>
   <source>answer</source>
   <translation>应答</translation>
  </message>
  <message>
   <source>answer the connection's request</source>
   <translation>答复连接申请</translation>
  </message>
  <message>
   <source>ap-southeast-1 — Hong Kong</source>
   <translation>ap-southeast-1 — 香港</translation>
  </message>
  <message>
   <source>ap-southeast-2 — Bangkok</source>
   <translation>ap-southeast-2 — 曼谷</translation>
  </message>
  <message>
   <source>ap-southeast-3 — Singapore</source>
   <translation>ap-southeast-3 — 新加坡</translation>
  </message>
  <message>
   <source>ap-southeast-4 — Jakarta</source>
   <translation>ap-southeast-4 — 雅加达</translation>
  </message>
  <message>
   <source>application/json, if the body is JSON</source>
   <translation>application/json（如果正文是 JSON）</translation>
  </message>
  <message>
   <source>application/json, if the file is JSON</source>
   <translation>application/json（如果文件是 JSON）</translation>
  </message>
  <message>
   <source>arm64</source>
   <translation>arm64</translation>
  </message>
  <message>
   <source>as the server tells it</source>
   <translation>由服务器给出</translation>
  </message>
  <message>
   <source>as the server tells it; client: t(c1) − t(request sent); the difference is network and queue</source>
   <translation>由服务器给出；客户端：t(c1) − t(请求发出)；差值为网络与排队</translation>
  </message>
  <message>
   <source>as the server tells it; client: t(cm) − t(c1); the difference is network and queue</source>
   <translation>由服务器给出；客户端：t(cm) − t(c1)；差值为网络与排队</translation>
  </message>
  <message>
   <source>as the server tells it; client: t(cm) − t(request sent); the difference is network and queue</source>
   <translation>由服务器给出；客户端：t(cm) − t(请求发出)；差值为网络与排队</translation>
  </message>
  <message>
   <source>as until it answers</source>
   <translation>与“直到响应”相同</translation>
  </message>
  <message>
   <source>ask for a connection</source>
   <translation>申请连接</translation>
  </message>
  <message>
   <source>asking the proxy</source>
   <translation>正在请求代理</translation>
  </message>
  <message>
   <source>at {n} s</source>
   <translation>在 {n} 秒时</translation>
  </message>
  <message>
   <source>authorise applications</source>
   <translation>授权 App</translation>
  </message>
  <message>
   <source>bad gateway</source>
   <translation>错误的网关</translation>
  </message>
  <message>
   <source>bind API keys</source>
   <translation>绑定 API Key</translation>
  </message>
  <message>
   <source>byte {at} of it</source>
   <translation>其第 {at} 字节</translation>
  </message>
  <message>
   <source>byte {at} of it, {whole} of the stream</source>
   <translation>其第 {at} 字节，整个流的第 {whole} 字节</translation>
  </message>
  <message>
   <source>bytes after decoding {coding} ÷ bytes of the body on the wire</source>
   <translation>解码 {coding} 后的字节 ÷ 线路上正文的字节</translation>
  </message>
  <message>
   <source>bytes of messages after inflating ÷ bytes of their frames' payloads</source>
   <translation>解压后的消息字节 ÷ 其帧载荷的字节</translation>
  </message>
  <message>
   <source>bytes received, headers included ÷ bytes of text (UTF-8), reasoning and tool calls included</source>
   <translation>收到的字节（含头部） ÷ 文本字节（UTF-8，含推理和工具调用）</translation>
  </message>
  <message>
   <source>bytes: 1k, 2.5MB</source>
   <translation>字节：1k、2.5MB</translation>
  </message>
  <message>
   <source>change the connection</source>
   <translation>更改连接</translation>
  </message>
  <message>
   <source>change the deployment</source>
   <translation>更改部署</translation>
  </message>
  <message>
   <source>change the service</source>
   <translation>更改服务</translation>
  </message>
  <message>
   <source>changing</source>
   <translation>变更中</translation>
  </message>
  <message>
   <source>chosen by the system</source>
   <translation>由系统选择</translation>
  </message>
  <message>
   <source>chosen for this request or its workspace</source>
   <translation>为此请求或其工作区选择</translation>
  </message>
  <message>
   <source>chosen in the settings</source>
   <translation>在设置中选择</translation>
  </message>
  <message>
   <source>clocks that differ</source>
   <translation>不一致的时钟</translation>
  </message>
  <message>
   <source>close</source>
   <translation>临界</translation>
  </message>
  <message>
   <source>cn-east-3 — Shanghai</source>
   <translation>cn-east-3 — 上海</translation>
  </message>
  <message>
   <source>cn-east-4</source>
   <translation>cn-east-4</translation>
  </message>
  <message>
   <source>cn-north-1 — Beijing</source>
   <translation>cn-north-1 — 北京</translation>
  </message>
  <message>
   <source>cn-north-11</source>
   <translation>cn-north-11</translation>
  </message>
  <message>
   <source>cn-north-12</source>
   <translation>cn-north-12</translation>
  </message>
  <message>
   <source>cn-north-2 — Beijing</source>
   <translation>cn-north-2 — 北京</translation>
  </message>
  <message>
   <source>cn-north-4 — Beijing</source>
   <translation>cn-north-4 — 北京</translation>
  </message>
  <message>
   <source>cn-north-9 — Ulanqab</source>
   <translation>cn-north-9 — 乌兰察布</translation>
  </message>
  <message>
   <source>cn-south-1 — Guangzhou</source>
   <translation>cn-south-1 — 广州</translation>
  </message>
  <message>
   <source>cn-southwest-2 — Guiyang</source>
   <translation>cn-southwest-2 — 贵阳</translation>
  </message>
  <message>
   <source>cn-southwest-3</source>
   <translation>cn-southwest-3</translation>
  </message>
  <message>
   <source>compressed messages</source>
   <translation>压缩的消息</translation>
  </message>
  <message>
   <source>compression on a stream</source>
   <translation>流上的压缩</translation>
  </message>
  <message>
   <source>concerning</source>
   <translation>告警</translation>
  </message>
  <message>
   <source>connecting</source>
   <translation>正在连接</translation>
  </message>
  <message>
   <source>connection lost</source>
   <translation>连接丢失</translation>
  </message>
  <message>
   <source>counted</source>
   <translation>计数</translation>
  </message>
  <message>
   <source>create an API key</source>
   <translation>创建 API Key</translation>
  </message>
  <message>
   <source>create an application</source>
   <translation>创建 App</translation>
  </message>
  <message>
   <source>cumulative text that became shorter</source>
   <translation>变短的累积文本</translation>
  </message>
  <message>
   <source>curl sends this JSON as a form, since no Content-Type is given; so it is kept here.</source>
   <translation>由于没有给出 Content-Type，curl 会把这段 JSON 作为表单发送；这里也如此保留。</translation>
  </message>
  <message>
   <source>curl takes the line ends out of {path}; here it is sent as it is.</source>
   <translation>curl 会去掉 {path} 中的换行；这里按原样发送。</translation>
  </message>
  <message>
   <source>curl would ask for the password of -u: fill it in.</source>
   <translation>curl 会询问 -u 的密码：请填写。</translation>
  </message>
  <message>
   <source>curl would make several URLs of the brackets: here it is one, as written.</source>
   <translation>curl 会把方括号展开为多个 URL：这里作为一个，保持原样。</translation>
  </message>
  <message>
   <source>data takes : for words and ~ for a regular expression</source>
   <translation>data 用 : 匹配词，用 ~ 匹配正则表达式</translation>
  </message>
  <message>
   <source>days</source>
   <translation>天</translation>
  </message>
  <message>
   <source>delete an API key</source>
   <translation>删除 API Key</translation>
  </message>
  <message>
   <source>delete an App code</source>
   <translation>删除 AppCode</translation>
  </message>
  <message>
   <source>delete connections</source>
   <translation>删除连接</translation>
  </message>
  <message>
   <source>delete services</source>
   <translation>删除服务</translation>
  </message>
  <message>
   <source>delete the application</source>
   <translation>删除 App</translation>
  </message>
  <message>
   <source>delete the deployment</source>
   <translation>删除部署</translation>
  </message>
  <message>
   <source>delete the version</source>
   <translation>删除版本</translation>
  </message>
  <message>
   <source>deleting</source>
   <translation>删除中</translation>
  </message>
  <message>
   <source>deploy a service</source>
   <translation>部署服务</translation>
  </message>
  <message>
   <source>describe the deployment</source>
   <translation>给出部署的详情</translation>
  </message>
  <message>
   <source>describe the model</source>
   <translation>给出模型的详情</translation>
  </message>
  <message>
   <source>describe the service</source>
   <translation>给出服务的详情</translation>
  </message>
  <message>
   <source>end</source>
   <translation>结束</translation>
  </message>
  <message>
   <source>error</source>
   <translation>错误</translation>
  </message>
  <message>
   <source>failed</source>
   <translation>失败</translation>
  </message>
  <message>
   <source>failed: {reason}</source>
   <translation>失败：{reason}</translation>
  </message>
  <message>
   <source>faster</source>
   <translation>变快</translation>
  </message>
  <message>
   <source>fetched with the password</source>
   <translation>用密码获取</translation>
  </message>
  <message>
   <source>for some hours</source>
   <translation>数小时</translation>
  </message>
  <message>
   <source>forbidden</source>
   <translation>禁止</translation>
  </message>
  <message>
   <source>gaps between messages with content &gt; max(1 s, 10 × median) = {limit} ms</source>
   <translation>有内容的消息之间的间隔 &gt; max(1 s, 10 × 中位数) = {limit} ms</translation>
  </message>
  <message>
   <source>gaps between messages with content, t(c[i]) − t(c[i−1]); per message, not per token</source>
   <translation>有内容的消息之间的间隔，t(c[i]) − t(c[i−1])；按消息而非 token</translation>
  </message>
  <message>
   <source>gaps between reads that brought content</source>
   <translation>带来内容的读取之间的间隔</translation>
  </message>
  <message>
   <source>gaps between socket reads, of whatever kind</source>
   <translation>任意类型的套接字读取之间的间隔</translation>
  </message>
  <message>
   <source>half a character ({code}), which no text can carry over a wire</source>
   <translation>半个字符（{code}），任何文本都无法在网络上携带</translation>
  </message>
  <message>
   <source>host:port:address</source>
   <translation>主机:端口:地址</translation>
  </message>
  <message>
   <source>hours</source>
   <translation>小时</translation>
  </message>
  <message>
   <source>how a message came: event, line, frame …</source>
   <translation>消息到达的形式：event、line、frame …</translation>
  </message>
  <message>
   <source>http://host:port, or 'none'; the system's where empty.</source>
   <translation>http://主机:端口，或“none”；留空则使用系统代理。</translation>
  </message>
  <message>
   <source>http://host:port; 'none' for no proxy, empty for the system's. Workspaces may name their own.</source>
   <translation>http://主机:端口；“none”表示不用代理，留空则使用系统代理。工作区可另行指定。</translation>
  </message>
  <message>
   <source>https://host:port/path</source>
   <translation>https://主机:端口/路径</translation>
  </message>
  <message>
   <source>in line {line}, column {column}</source>
   <translation>第 {line} 行第 {column} 列</translation>
  </message>
  <message>
   <source>in: received, out: sent</source>
   <translation>in 为收到，out 为发送</translation>
  </message>
  <message>
   <source>info</source>
   <translation>信息</translation>
  </message>
  <message>
   <source>internal error</source>
   <translation>内部错误</translation>
  </message>
  <message>
   <source>interrupt the deployment</source>
   <translation>中断部署</translation>
  </message>
  <message>
   <source>interrupting</source>
   <translation>中断中</translation>
  </message>
  <message>
   <source>invalid payload</source>
   <translation>无效的载荷</translation>
  </message>
  <message>
   <source>it breaks off</source>
   <translation>中途断开</translation>
  </message>
  <message>
   <source>it has conflict marks of a merge (&lt;&lt;&lt;&lt;&lt;&lt;&lt;)</source>
   <translation>其中有合并冲突标记（&lt;&lt;&lt;&lt;&lt;&lt;&lt;）</translation>
  </message>
  <message>
   <source>it has {size} MB, a saved request has {most} at most</source>
   <translation>它有 {size} MB，保存的请求最多 {most} MB</translation>
  </message>
  <message>
   <source>it holds a Unicode line separator, where something on the way may have cut it</source>
   <translation>其中含有 Unicode 行分隔符，途中的某个环节可能在此处切断</translation>
  </message>
  <message>
   <source>it is empty</source>
   <translation>它是空的</translation>
  </message>
  <message>
   <source>it is nested too deeply</source>
   <translation>嵌套过深</translation>
  </message>
  <message>
   <source>it is nested too deeply or has broken escapes</source>
   <translation>嵌套过深或转义损坏</translation>
  </message>
  <message>
   <source>it is no file</source>
   <translation>它不是文件</translation>
  </message>
  <message>
   <source>it is not UTF-8 text (byte {at})</source>
   <translation>它不是 UTF-8 文本（第 {at} 字节）</translation>
  </message>
  <message>
   <source>it is not a mapping of names to values</source>
   <translation>它不是名称到值的映射</translation>
  </message>
  <message>
   <source>it was written by a later Streamscope (version {version} of drafts)</source>
   <translation>它由更新的 Streamscope 写入（请求版本 {version}）</translation>
  </message>
  <message>
   <source>its messages have no times of their own: they are put at the answer's end</source>
   <translation>其消息没有自身的时间：放在响应结束处</translation>
  </message>
  <message>
   <source>its own events are of another version; the standard's fields are read</source>
   <translation>其自有事件属于其他版本；读取标准字段</translation>
  </message>
  <message>
   <source>its own events do not fit ({reason}); the standard's fields are read</source>
   <translation>其自有事件不匹配（{reason}）；读取标准字段</translation>
  </message>
  <message>
   <source>its version '{version}' is no number</source>
   <translation>其版本“{version}”不是数字</translation>
  </message>
  <message>
   <source>itself</source>
   <translation>自身</translation>
  </message>
  <message>
   <source>kept from an earlier call</source>
   <translation>保留自先前的调用</translation>
  </message>
  <message>
   <source>kept in the keyring</source>
   <translation>保存在密钥环中</translation>
  </message>
  <message>
   <source>kept with the request</source>
   <translation>随请求一起保存</translation>
  </message>
  <message>
   <source>kept: no name lookup, no TLS</source>
   <translation>保持的连接：没有名称解析，没有 TLS</translation>
  </message>
  <message>
   <source>kept: no name lookup, no TLS; requests before: {count}, idle for {span}</source>
   <translation>保持的连接：没有名称解析，没有 TLS；此前的请求：{count}，空闲 {span}</translation>
  </message>
  <message>
   <source>la-north-2 — Mexico City</source>
   <translation>la-north-2 — 墨西哥城</translation>
  </message>
  <message>
   <source>la-south-2 — Santiago</source>
   <translation>la-south-2 — 圣地亚哥</translation>
  </message>
  <message>
   <source>line {line} gives '{key}' a second time</source>
   <translation>第 {line} 行再次给出“{key}”</translation>
  </message>
  <message>
   <source>line {line} has a name that is no text</source>
   <translation>第 {line} 行有不是文本的名称</translation>
  </message>
  <message>
   <source>line {line} has the tag {tag}, which no draft has</source>
   <translation>第 {line} 行有标签 {tag}，请求文件中没有这样的标签</translation>
  </message>
  <message>
   <source>line {line} holds an alias (*name), which no draft has</source>
   <translation>第 {line} 行含有别名（*name），请求文件中不允许</translation>
  </message>
  <message>
   <source>line {line}: {problem}</source>
   <translation>第 {line} 行：{problem}</translation>
  </message>
  <message>
   <source>lines that are no event stream</source>
   <translation>不属于事件流的行</translation>
  </message>
  <message>
   <source>lines that end in different ways</source>
   <translation>结束方式不一的行</translation>
  </message>
  <message>
   <source>lines that end with a carriage return</source>
   <translation>以回车结束的行</translation>
  </message>
  <message>
   <source>list API keys</source>
   <translation>列出 API Key</translation>
  </message>
  <message>
   <source>list applications</source>
   <translation>列出 App</translation>
  </message>
  <message>
   <source>list connections</source>
   <translation>列出连接</translation>
  </message>
  <message>
   <source>list deployments</source>
   <translation>列出部署</translation>
  </message>
  <message>
   <source>list flavors</source>
   <translation>列出规格</translation>
  </message>
  <message>
   <source>list instances</source>
   <translation>列出实例</translation>
  </message>
  <message>
   <source>list models</source>
   <translation>列出模型</translation>
  </message>
  <message>
   <source>list services</source>
   <translation>列出服务</translation>
  </message>
  <message>
   <source>list specifications</source>
   <translation>列出规格</translation>
  </message>
  <message>
   <source>list versions</source>
   <translation>列出版本</translation>
  </message>
  <message>
   <source>llama.cpp completion</source>
   <translation>llama.cpp completion</translation>
  </message>
  <message>
   <source>longer than {limit} MB</source>
   <translation>长于 {limit} MB</translation>
  </message>
  <message>
   <source>looking the name up</source>
   <translation>正在解析名称</translation>
  </message>
  <message>
   <source>marked events</source>
   <translation>已标记的事件</translation>
  </message>
  <message>
   <source>me-east-1 — Riyadh</source>
   <translation>me-east-1 — 利雅得</translation>
  </message>
  <message>
   <source>message too big</source>
   <translation>消息过大</translation>
  </message>
  <message>
   <source>messages in bursts</source>
   <translation>成批到达的消息</translation>
  </message>
  <message>
   <source>messages in steps of a fixed time</source>
   <translation>按固定时间步长到达的消息</translation>
  </message>
  <message>
   <source>messages that were cut off</source>
   <translation>被截断的消息</translation>
  </message>
  <message>
   <source>messages with content ÷ reads that brought any</source>
   <translation>有内容的消息 ÷ 带来内容的读取</translation>
  </message>
  <message>
   <source>messages with content: no payload tells a number of tokens</source>
   <translation>有内容的消息：没有载荷给出 token 数量</translation>
  </message>
  <message>
   <source>met</source>
   <translation>达标</translation>
  </message>
  <message>
   <source>minutes</source>
   <translation>分钟</translation>
  </message>
  <message>
   <source>missed</source>
   <translation>未达标</translation>
  </message>
  <message>
   <source>missing extension</source>
   <translation>缺少扩展</translation>
  </message>
  <message>
   <source>multipart/form-data; boundary=(made when it is sent)</source>
   <translation>multipart/form-data; boundary=（发送时生成）</translation>
  </message>
  <message>
   <source>n</source>
   <translation>n</translation>
  </message>
  <message>
   <source>n ÷ (t(cm) − t0)</source>
   <translation>n ÷ (t(cm) − t0)</translation>
  </message>
  <message>
   <source>new</source>
   <translation>新建</translation>
  </message>
  <message>
   <source>new generation</source>
   <translation>新一代</translation>
  </message>
  <message>
   <source>newly failing</source>
   <translation>新增失败</translation>
  </message>
  <message>
   <source>newly working</source>
   <translation>恢复正常</translation>
  </message>
  <message>
   <source>no code given</source>
   <translation>未给出代码</translation>
  </message>
  <message>
   <source>no limit</source>
   <translation>无限制</translation>
  </message>
  <message>
   <source>no type</source>
   <translation>无类型</translation>
  </message>
  <message>
   <source>none</source>
   <translation>不跟随</translation>
  </message>
  <message>
   <source>none was shown</source>
   <translation>没有出示证书</translation>
  </message>
  <message>
   <source>none: who is on the way can read all of it</source>
   <translation>无：途中的任何人都能读取全部内容</translation>
  </message>
  <message>
   <source>not as they should be: see below</source>
   <translation>存在问题：见下文</translation>
  </message>
  <message>
   <source>not checked</source>
   <translation>未检查</translation>
  </message>
  <message>
   <source>not known</source>
   <translation>未知</translation>
  </message>
  <message>
   <source>not recorded</source>
   <translation>未记录</translation>
  </message>
  <message>
   <source>nothing</source>
   <translation>无内容</translation>
  </message>
  <message>
   <source>nothing may follow the end of the JSON</source>
   <translation>JSON 结束之后不能再有内容</translation>
  </message>
  <message>
   <source>nothing: {host} is an address</source>
   <translation>无：{host} 是地址</translation>
  </message>
  <message>
   <source>numbers out of order</source>
   <translation>顺序错乱的序号</translation>
  </message>
  <message>
   <source>numbers that are missing</source>
   <translation>缺失的序号</translation>
  </message>
  <message>
   <source>of the answer's head: 400</source>
   <translation>响应头的状态：400</translation>
  </message>
  <message>
   <source>old generation</source>
   <translation>旧一代</translation>
  </message>
  <message>
   <source>on a kept connection: no name lookup, no TLS</source>
   <translation>在保持的连接上：没有名称解析，没有 TLS</translation>
  </message>
  <message>
   <source>on a warm connection</source>
   <translation>使用已有连接</translation>
  </message>
  <message>
   <source>one of both</source>
   <translation>二者之一</translation>
  </message>
  <message>
   <source>permessage-deflate (RFC 7692); whether it is used, the server decides.</source>
   <translation>permessage-deflate（RFC 7692）；是否使用由服务器决定。</translation>
  </message>
  <message>
   <source>policy violation</source>
   <translation>违反策略</translation>
  </message>
  <message>
   <source>preparing</source>
   <translation>准备中</translation>
  </message>
  <message>
   <source>protocol error</source>
   <translation>协议错误</translation>
  </message>
  <message>
   <source>reads of a few bytes</source>
   <translation>每次只有几个字节的读取</translation>
  </message>
  <message>
   <source>reads that brought at least {n} messages with content</source>
   <translation>至少带来 {n} 条有内容消息的读取</translation>
  </message>
  <message>
   <source>receiving</source>
   <translation>正在接收</translation>
  </message>
  <message>
   <source>renewed, since the old one was refused</source>
   <translation>已更新，因为旧的被拒绝</translation>
  </message>
  <message>
   <source>replace the instance</source>
   <translation>替换实例</translation>
  </message>
  <message>
   <source>request, read, message, control …</source>
   <translation>request、read、message、control …</translation>
  </message>
  <message>
   <source>reserved</source>
   <translation>保留</translation>
  </message>
  <message>
   <source>reset an App code</source>
   <translation>重置 AppCode</translation>
  </message>
  <message>
   <source>reset the App secret</source>
   <translation>重置 AppSecret</translation>
  </message>
  <message>
   <source>restarting</source>
   <translation>重启中</translation>
  </message>
  <message>
   <source>revoke applications</source>
   <translation>取消 App 的授权</translation>
  </message>
  <message>
   <source>running</source>
   <translation>运行中</translation>
  </message>
  <message>
   <source>sa-brazil-1 — São Paulo</source>
   <translation>sa-brazil-1 — 圣保罗</translation>
  </message>
  <message>
   <source>scale the deployment</source>
   <translation>扩缩容部署</translation>
  </message>
  <message>
   <source>scaling</source>
   <translation>扩缩容中</translation>
  </message>
  <message>
   <source>sending</source>
   <translation>正在发送</translation>
  </message>
  <message>
   <source>service restart</source>
   <translation>服务重启</translation>
  </message>
  <message>
   <source>several JSON values follow each other</source>
   <translation>多个 JSON 值前后相连</translation>
  </message>
  <message>
   <source>since Send: 200ms, 2s; t:2s..3s</source>
   <translation>自发送起：200ms、2s；t:2s..3s</translation>
  </message>
  <message>
   <source>since the one before of the same kind: 200ms</source>
   <translation>距上一个同类事件：200ms</translation>
  </message>
  <message>
   <source>slower</source>
   <translation>变慢</translation>
  </message>
  <message>
   <source>start the deployment</source>
   <translation>启动部署</translation>
  </message>
  <message>
   <source>start the service</source>
   <translation>启动服务</translation>
  </message>
  <message>
   <source>starting</source>
   <translation>启动中</translation>
  </message>
  <message>
   <source>stop the deployment</source>
   <translation>停止部署</translation>
  </message>
  <message>
   <source>stop the service</source>
   <translation>停止服务</translation>
  </message>
  <message>
   <source>stopped</source>
   <translation>已停止</translation>
  </message>
  <message>
   <source>stopping</source>
   <translation>停止中</translation>
  </message>
  <message>
   <source>switch the version</source>
   <translation>切换版本</translation>
  </message>
  <message>
   <source>switching</source>
   <translation>切换中</translation>
  </message>
  <message>
   <source>t(cm) − t0</source>
   <translation>t(cm) − t0</translation>
  </message>
  <message>
   <source>t(end of the exchange) − t(cm)</source>
   <translation>t(交换结束) − t(cm)</translation>
  </message>
  <message>
   <source>t(end of the exchange) − t0</source>
   <translation>t(交换结束) − t0</translation>
  </message>
  <message>
   <source>t(end of the phase) − t(its beginning)</source>
   <translation>t(阶段结束) − t(阶段开始)</translation>
  </message>
  <message>
   <source>t(first byte sent) − t0 − name lookup − connecting − proxy − TLS</source>
   <translation>t(发送首字节) − t0 − 名称解析 − 连接 − 代理 − TLS</translation>
  </message>
  <message>
   <source>t(first message, of whatever kind) − t0</source>
   <translation>t(第一条任意类型的消息) − t0</translation>
  </message>
  <message>
   <source>t(first non-empty text, reasoning or tool call) − t0</source>
   <translation>t(第一个非空文本、推理或工具调用) − t0</translation>
  </message>
  <message>
   <source>t(first text that is no reasoning) − t0</source>
   <translation>t(第一个非推理文本) − t0</translation>
  </message>
  <message>
   <source>t(first token) − t(last byte of the request handed to the socket)</source>
   <translation>t(首个 token) − t(请求最后一个字节交给套接字)</translation>
  </message>
  <message>
   <source>t(headers of the answer) − t0</source>
   <translation>t(响应头部) − t0</translation>
  </message>
  <message>
   <source>t(pong) − t(ping that it answers)</source>
   <translation>t(pong) − t(它所应答的 ping)</translation>
  </message>
  <message>
   <source>taken up again</source>
   <translation>恢复</translation>
  </message>
  <message>
   <source>tell the instances' addresses</source>
   <translation>给出实例的地址</translation>
  </message>
  <message>
   <source>tell the service's events</source>
   <translation>给出服务的事件</translation>
  </message>
  <message>
   <source>tell the service's figures</source>
   <translation>给出服务的监控数据</translation>
  </message>
  <message>
   <source>tell the service's updates</source>
   <translation>给出服务的更新记录</translation>
  </message>
  <message>
   <source>tell who may call the service</source>
   <translation>给出谁可以调用服务</translation>
  </message>
  <message>
   <source>text or binary, of a WebSocket message</source>
   <translation>WebSocket 消息为 text 或 binary</translation>
  </message>
  <message>
   <source>text that is no UTF-8</source>
   <translation>不是 UTF-8 的文本</translation>
  </message>
  <message>
   <source>that is the gateway's limit for one prediction</source>
   <translation>这是网关对单次预测的限制</translation>
  </message>
  <message>
   <source>that is the usual limit of a content delivery network</source>
   <translation>这是内容分发网络的常见限制</translation>
  </message>
  <message>
   <source>that is the usual limit of proxies and load balancers for silence</source>
   <translation>这是代理和负载均衡对静默时间的常见限制</translation>
  </message>
  <message>
   <source>the API gateway</source>
   <translation>API 网关</translation>
  </message>
  <message>
   <source>the address</source>
   <translation>地址</translation>
  </message>
  <message>
   <source>the body</source>
   <translation>正文</translation>
  </message>
  <message>
   <source>the body is no base64, though the entry says so; it is taken as text</source>
   <translation>条目声称正文是 base64，但并非如此；按文本处理</translation>
  </message>
  <message>
   <source>the body was not saved in the file</source>
   <translation>正文没有保存在文件中</translation>
  </message>
  <message>
   <source>the control character {code} must be escaped in a text</source>
   <translation>控制字符 {code} 在文本中必须转义</translation>
  </message>
  <message>
   <source>the entry is no object, or nested too deeply</source>
   <translation>条目不是对象，或嵌套过深</translation>
  </message>
  <message>
   <source>the event's number</source>
   <translation>事件的编号</translation>
  </message>
  <message>
   <source>the gzip data ends too early or is damaged; what could be unpacked is shown</source>
   <translation>gzip 数据过早结束或已损坏；显示能够解压的部分</translation>
  </message>
  <message>
   <source>the ids of the tokens in each payload</source>
   <translation>每个载荷中 token 的 id</translation>
  </message>
  <message>
   <source>the model's own server</source>
   <translation>模型自身的服务器</translation>
  </message>
  <message>
   <source>the packed file ends too early or is damaged: {reason}</source>
   <translation>压缩文件过早结束或已损坏：{reason}</translation>
  </message>
  <message>
   <source>the platform says no more than {status}</source>
   <translation>平台只说明了 {status}</translation>
  </message>
  <message>
   <source>the platform's dispatcher</source>
   <translation>平台的分发器</translation>
  </message>
  <message>
   <source>the server</source>
   <translation>服务器</translation>
  </message>
  <message>
   <source>the server's own clock</source>
   <translation>服务器自身的时钟</translation>
  </message>
  <message>
   <source>the socket read that brought it</source>
   <translation>带来它的套接字读取</translation>
  </message>
  <message>
   <source>the text is not closed: its quotation mark is missing</source>
   <translation>文本没有闭合：缺少引号</translation>
  </message>
  <message>
   <source>the usage at the end</source>
   <translation>末尾的用量</translation>
  </message>
  <message>
   <source>the usage in each payload</source>
   <translation>每个载荷中的用量</translation>
  </message>
  <message>
   <source>the {bracket} of line {line} is not closed</source>
   <translation>第 {line} 行的 {bracket} 没有闭合</translation>
  </message>
  <message>
   <source>there was no connection</source>
   <translation>没有连接</translation>
  </message>
  <message>
   <source>this call</source>
   <translation>本次调用</translation>
  </message>
  <message>
   <source>this program was late</source>
   <translation>本程序延迟</translation>
  </message>
  <message>
   <source>this version of Python does not tell it</source>
   <translation>此版本的 Python 不提供该信息</translation>
  </message>
  <message>
   <source>timeout</source>
   <translation>超时</translation>
  </message>
  <message>
   <source>too many requests, and how long to wait</source>
   <translation>请求过多，以及需要等待多久</translation>
  </message>
  <message>
   <source>tr-west-1 — Istanbul</source>
   <translation>tr-west-1 — 伊斯坦布尔</translation>
  </message>
  <message>
   <source>try again later</source>
   <translation>请稍后重试</translation>
  </message>
  <message>
   <source>two events are glued together</source>
   <translation>两个事件粘连在一起</translation>
  </message>
  <message>
   <source>unauthorized</source>
   <translation>未授权</translation>
  </message>
  <message>
   <source>unbind API keys</source>
   <translation>解绑 API Key</translation>
  </message>
  <message>
   <source>uneven gaps</source>
   <translation>不均匀的间隔</translation>
  </message>
  <message>
   <source>unknown</source>
   <translation>未知</translation>
  </message>
  <message>
   <source>unknown values of {fields}, replaced</source>
   <translation>{fields} 的未知值，已替换</translation>
  </message>
  <message>
   <source>unsupported data</source>
   <translation>不支持的数据</translation>
  </message>
  <message>
   <source>until it ends</source>
   <translation>直到结束</translation>
  </message>
  <message>
   <source>until it is deleted</source>
   <translation>直到被删除</translation>
  </message>
  <message>
   <source>updating</source>
   <translation>更新中</translation>
  </message>
  <message>
   <source>usage that was asked for and never came</source>
   <translation>请求了却始终没有返回的用量</translation>
  </message>
  <message>
   <source>vouched for by an authority that the system trusts</source>
   <translation>由系统信任的颁发机构担保</translation>
  </message>
  <message>
   <source>vouched for by the authority in the chosen file</source>
   <translation>由所选文件中的颁发机构担保</translation>
  </message>
  <message>
   <source>waiting for the answer</source>
   <translation>正在等待响应</translation>
  </message>
  <message>
   <source>waiting to reconnect</source>
   <translation>正在等待重连</translation>
  </message>
  <message>
   <source>warning</source>
   <translation>警告</translation>
  </message>
  <message>
   <source>what a message says: text, reasoning, error …</source>
   <translation>消息的内容：text、reasoning、error …</translation>
  </message>
  <message>
   <source>what stands under 'content' is not Base64</source>
   <translation>“content”下的内容不是 Base64</translation>
  </message>
  <message>
   <source>what the workspace and the system trust</source>
   <translation>工作区和系统所信任的</translation>
  </message>
  <message>
   <source>whether the connection was kept from an earlier call</source>
   <translation>连接是否保持自先前的调用</translation>
  </message>
  <message>
   <source>will be fetched with the password when it is sent</source>
   <translation>发送时将用密码获取</translation>
  </message>
  <message>
   <source>words in what an event holds</source>
   <translation>事件内容中的词</translation>
  </message>
  <message>
   <source>words of a mark</source>
   <translation>标记中的词</translation>
  </message>
  <message>
   <source>x86</source>
   <translation>x86</translation>
  </message>
  <message>
   <source>{about} No code was given.</source>
   <translation>{about}没有输入验证码。</translation>
  </message>
  <message>
   <source>{address} port {port}, {family}</source>
   <translation>{address}，端口 {port}，{family}</translation>
  </message>
  <message>
   <source>{address} port {port}, {family}, number {number} of {all}</source>
   <translation>{address}，端口 {port}，{family}，第 {number} 个，共 {all} 个</translation>
  </message>
  <message>
   <source>{address}, not a name: nothing to look up</source>
   <translation>{address}，不是名称：无需解析</translation>
  </message>
  <message>
   <source>{auth} travels readable on the wire: the connection is plain HTTP.</source>
   <translation>{auth}在线路上以明文传输：连接是普通 HTTP。</translation>
  </message>
  <message>
   <source>{auth} would travel readable over plain HTTP to {place}, and nothing there is known to check it.</source>
   <translation>{auth}将以明文经普通 HTTP 发往 {place}，且那里没有已知的检查环节。</translation>
  </message>
  <message>
   <source>{auth}: a new one, until {until}</source>
   <translation>{auth}：新的，有效期至 {until}</translation>
  </message>
  <message>
   <source>{auth}: accepted</source>
   <translation>{auth}：已接受</translation>
  </message>
  <message>
   <source>{bracket} closes nothing</source>
   <translation>{bracket} 没有对应的开头</translation>
  </message>
  <message>
   <source>{bracket} is missing before this</source>
   <translation>此处之前缺少 {bracket}</translation>
  </message>
  <message>
   <source>{bytes} bytes in {n} messages</source>
   <translation>{bytes} 字节，共 {n} 条消息</translation>
  </message>
  <message>
   <source>{bytes} bytes of the body in {n} messages</source>
   <translation>正文的 {bytes} 字节，共 {n} 条消息</translation>
  </message>
  <message>
   <source>{check}: begins after</source>
   <translation>{check}：开始前等待</translation>
  </message>
  <message>
   <source>{check}: by</source>
   <translation>{check}：方式</translation>
  </message>
  <message>
   <source>{check}: every</source>
   <translation>{check}：间隔</translation>
  </message>
  <message>
   <source>{check}: failures allowed</source>
   <translation>{check}：允许失败次数</translation>
  </message>
  <message>
   <source>{check}: may take</source>
   <translation>{check}：超时</translation>
  </message>
  <message>
   <source>{check}: path or command</source>
   <translation>{check}：路径或命令</translation>
  </message>
  <message>
   <source>{code} is never sent: it tells that there was no close frame, or no code.</source>
   <translation>{code} 从不发送：它表示没有关闭帧，或没有代码。</translation>
  </message>
  <message>
   <source>{code} is not defined; for codes of your own take 4000 to 4999.</source>
   <translation>{code} 没有定义；自定义代码请使用 4000 至 4999。</translation>
  </message>
  <message>
   <source>{cores} vCPUs, {memory} GB ({name})</source>
   <translation>{cores} vCPU，{memory} GB（{name}）</translation>
  </message>
  <message>
   <source>{cores} vCPUs, {memory} GB, {count} × {accelerator} ({name})</source>
   <translation>{cores} vCPU，{memory} GB，{count} × {accelerator}（{name}）</translation>
  </message>
  <message>
   <source>{count} of {all} services were not deleted: {name}</source>
   <translation>{all} 个服务中有 {count} 个没有被删除：{name}</translation>
  </message>
  <message>
   <source>{count} {change}</source>
   <translation>{count} 项{change}</translation>
  </message>
  <message>
   <source>{escape} is no escape of JSON</source>
   <translation>{escape} 不是 JSON 的转义</translation>
  </message>
  <message>
   <source>{field} has no "{word}"</source>
   <translation>{field} 没有“{word}”</translation>
  </message>
  <message>
   <source>{field} is a number</source>
   <translation>{field} 是数字</translation>
  </message>
  <message>
   <source>{field} takes :, = and ~</source>
   <translation>{field} 可用 :、= 和 ~</translation>
  </message>
  <message>
   <source>{field} takes one of its words after :</source>
   <translation>{field} 的取值之前须是冒号：</translation>
  </message>
  <message>
   <source>{field}: {problem}</source>
   <translation>{field}：{problem}</translation>
  </message>
  <message>
   <source>{figure}, {detail}</source>
   <translation>{figure}，{detail}</translation>
  </message>
  <message>
   <source>{file} cannot be read ({error}); it was set aside as {aside}.</source>
   <translation>无法读取 {file}（{error}）；它已另存为 {aside}。</translation>
  </message>
  <message>
   <source>{file} is not TOML ({error}); it was set aside as {aside}.</source>
   <translation>{file} 不是 TOML（{error}）；已另存为 {aside}。</translation>
  </message>
  <message>
   <source>{file} is not TOML: {error}.</source>
   <translation>{file} 不是 TOML：{error}。</translation>
  </message>
  <message>
   <source>{file} is of a newer version ({version}): it is not changed.</source>
   <translation>{file} 属于更新的版本（{version}）：不会被更改。</translation>
  </message>
  <message>
   <source>{file} is of a newer version ({version}): it is not read.</source>
   <translation>{file} 属于更新的版本（{version}）：不读取。</translation>
  </message>
  <message>
   <source>{file} is of a newer version and stays as it is.</source>
   <translation>{file} 属于更新的版本，保持原样。</translation>
  </message>
  <message>
   <source>{file} was changed outside, and here, too.</source>
   <translation>{file} 在外部被更改，在此处也被更改。</translation>
  </message>
  <message>
   <source>{file}, {key}: {problem} Instead {default} is used.</source>
   <translation>{file}，{key}：{problem}改用 {default}。</translation>
  </message>
  <message>
   <source>{file}: the keys of {names} are no list of texts.</source>
   <translation>{file}：{names} 的快捷键不是文本列表。</translation>
  </message>
  <message>
   <source>{finding} ({n} times)</source>
   <translation>{finding}（{n} 次）</translation>
  </message>
  <message>
   <source>{flavor}, sold out</source>
   <translation>{flavor}，已售罄</translation>
  </message>
  <message>
   <source>{folder} is no folder.</source>
   <translation>{folder} 不是文件夹。</translation>
  </message>
  <message>
   <source>{host} at {address}</source>
   <translation>{host}，位于 {address}</translation>
  </message>
  <message>
   <source>{host} by the proxy {proxy}, which is {addresses}</source>
   <translation>{host} 经代理 {proxy}，其地址为 {addresses}</translation>
  </message>
  <message>
   <source>{host} did not finish the TLS handshake in time.</source>
   <translation>{host} 没有及时完成 TLS 握手。</translation>
  </message>
  <message>
   <source>{host} does not speak TLS on that port.</source>
   <translation>{host} 在该端口上不使用 TLS。</translation>
  </message>
  <message>
   <source>{host} is an address, not a name</source>
   <translation>{host} 是地址，不是名称</translation>
  </message>
  <message>
   <source>{host} is {addresses}</source>
   <translation>{host} 为 {addresses}</translation>
  </message>
  <message>
   <source>{host} is {addresses}, as the workspace says</source>
   <translation>{host} 为 {addresses}，由工作区指定</translation>
  </message>
  <message>
   <source>{host} through the proxy {proxy}</source>
   <translation>{host}，经代理 {proxy}</translation>
  </message>
  <message>
   <source>{host}, which is not the address that is called: {place}</source>
   <translation>{host}，不是所调用的地址：{place}</translation>
  </message>
  <message>
   <source>{host}: the same time to the second</source>
   <translation>{host}：时间一致，精确到秒</translation>
  </message>
  <message>
   <source>{host}: this machine is {span} ahead</source>
   <translation>{host}：本机快 {span}</translation>
  </message>
  <message>
   <source>{host}: this machine is {span} behind</source>
   <translation>{host}：本机慢 {span}</translation>
  </message>
  <message>
   <source>{host}: {version}, {subject}, issued by {issuer}, valid until {ends} ({days} days), SHA-256 {fingerprint}</source>
   <translation>{host}：{version}，{subject}，由 {issuer} 颁发，有效期至 {ends}（{days} 天），SHA-256 {fingerprint}</translation>
  </message>
  <message>
   <source>{hours} h {minutes} min left</source>
   <translation>剩余 {hours} 小时 {minutes} 分钟</translation>
  </message>
  <message>
   <source>{label}: {problem}</source>
   <translation>{label}：{problem}</translation>
  </message>
  <message>
   <source>{meaning} ({code})</source>
   <translation>{meaning}（{code}）</translation>
  </message>
  <message>
   <source>{meaning} ({said})</source>
   <translation>{meaning}（{said}）</translation>
  </message>
  <message>
   <source>{message} But the service '{name}' is there now.</source>
   <translation>{message}但服务“{name}”现在已存在。</translation>
  </message>
  <message>
   <source>{message} It is kept in memory, for this session.</source>
   <translation>{message}仅在本次会话中保存在内存里。</translation>
  </message>
  <message>
   <source>{name}</source>
   <translation>{name}</translation>
  </message>
  <message>
   <source>{name} (own)</source>
   <translation>{name}（自定义）</translation>
  </message>
  <message>
   <source>{name} cannot be moved into itself.</source>
   <translation>{name} 不能移动到自身之内。</translation>
  </message>
  <message>
   <source>{name} copy</source>
   <translation>{name} 副本</translation>
  </message>
  <message>
   <source>{name} is {addresses}</source>
   <translation>{name} 为 {addresses}</translation>
  </message>
  <message>
   <source>{name} is {addresses}, as was chosen</source>
   <translation>{name} 为 {addresses}，按所选</translation>
  </message>
  <message>
   <source>{name} {version}</source>
   <translation>{name} {version}</translation>
  </message>
  <message>
   <source>{name} {version} (not ready: {status})</source>
   <translation>{name} {version}（未就绪：{status}）</translation>
  </message>
  <message>
   <source>{name} — {id}</source>
   <translation>{name} — {id}</translation>
  </message>
  <message>
   <source>{name}, {bits} bits</source>
   <translation>{name}，{bits} 位</translation>
  </message>
  <message>
   <source>{name}: there is no CA file {path} here.</source>
   <translation>{name}：此处没有 CA 文件 {path}。</translation>
  </message>
  <message>
   <source>{name}: there is no credential '{key}' here.</source>
   <translation>{name}：此处没有凭据“{key}”。</translation>
  </message>
  <message>
   <source>{name}: this program knows no platform '{key}'.</source>
   <translation>{name}：此程序不认识平台“{key}”。</translation>
  </message>
  <message>
   <source>{name}: {cores} cores, {memory}</source>
   <translation>{name}：{cores} 核，{memory}</translation>
  </message>
  <message>
   <source>{name}: {shown}</source>
   <translation>{name}：{shown}</translation>
  </message>
  <message>
   <source>{number} is too large.</source>
   <translation>{number} 过大。</translation>
  </message>
  <message>
   <source>{n} days ahead of</source>
   <translation>快 {n} 天</translation>
  </message>
  <message>
   <source>{n} days behind</source>
   <translation>慢 {n} 天</translation>
  </message>
  <message>
   <source>{n} hours</source>
   <translation>{n} 小时</translation>
  </message>
  <message>
   <source>{n} hours ahead of</source>
   <translation>快 {n} 小时</translation>
  </message>
  <message>
   <source>{n} hours behind</source>
   <translation>慢 {n} 小时</translation>
  </message>
  <message>
   <source>{n} minutes</source>
   <translation>{n} 分钟</translation>
  </message>
  <message>
   <source>{n} minutes ahead of</source>
   <translation>快 {n} 分钟</translation>
  </message>
  <message>
   <source>{n} minutes behind</source>
   <translation>慢 {n} 分钟</translation>
  </message>
  <message>
   <source>{n} pings were never answered.</source>
   <translation>{n} 个 ping 始终没有得到应答。</translation>
  </message>
  <message>
   <source>{n} seconds</source>
   <translation>{n} 秒</translation>
  </message>
  <message>
   <source>{one}, {others}</source>
   <translation>{one}、{others}</translation>
  </message>
  <message>
   <source>{owner} has no field '{key}'.</source>
   <translation>{owner} 没有字段“{key}”。</translation>
  </message>
  <message>
   <source>{path} cannot be brought back: {reason}.</source>
   <translation>无法恢复 {path}：{reason}。</translation>
  </message>
  <message>
   <source>{path} cannot be deleted: {reason}.</source>
   <translation>无法删除 {path}：{reason}。</translation>
  </message>
  <message>
   <source>{path} cannot be moved: {reason}.</source>
   <translation>无法移动 {path}：{reason}。</translation>
  </message>
  <message>
   <source>{path} cannot be read: {reason}.</source>
   <translation>无法读取 {path}：{reason}。</translation>
  </message>
  <message>
   <source>{path} cannot be written: {reason}.</source>
   <translation>无法写入 {path}：{reason}。</translation>
  </message>
  <message>
   <source>{path} gives more than {size} bytes and may never end.</source>
   <translation>{path} 给出的内容超过 {size} 字节，且可能永不结束。</translation>
  </message>
  <message>
   <source>{path} has names that are not known here and are left as they are: {names}.</source>
   <translation>{path} 含有此处未知的名称，它们保持原样：{names}。</translation>
  </message>
  <message>
   <source>{path} is no environment: {reason}.</source>
   <translation>{path} 不是环境：{reason}。</translation>
  </message>
  <message>
   <source>{path} is not a recording: its index does not begin as one.</source>
   <translation>{path} 不是记录：其索引的开头不对。</translation>
  </message>
  <message>
   <source>{path} is not a saved draft: {reason}.</source>
   <translation>{path} 不是已保存的请求：{reason}。</translation>
  </message>
  <message>
   <source>{path} is too large for an environment ({size:,} bytes).</source>
   <translation>{path} 作为环境过大（{size:,} 字节）。</translation>
  </message>
  <message>
   <source>{path} was recorded by a newer version of Streamscope (format {n}).</source>
   <translation>{path} 由更新版本的 Streamscope 记录（格式 {n}）。</translation>
  </message>
  <message>
   <source>{path} was written by a newer version of this program (format {version}).</source>
   <translation>{path} 由此程序的更新版本写入（格式 {version}）。</translation>
  </message>
  <message>
   <source>{place} closed the connection in the middle of the answer.</source>
   <translation>{place} 在响应中途关闭了连接。</translation>
  </message>
  <message>
   <source>{place} closed the connection without an answer.</source>
   <translation>{place} 没有应答就关闭了连接。</translation>
  </message>
  <message>
   <source>{place} did not answer the connection in time.</source>
   <translation>{place} 没有及时应答连接。</translation>
  </message>
  <message>
   <source>{place} redirects to '{location}', which cannot be called.</source>
   <translation>{place} 重定向到“{location}”，该地址无法调用。</translation>
  </message>
  <message>
   <source>{place} speaks TLS on that port, not plain HTTP.</source>
   <translation>{place} 在该端口上使用 TLS，而不是普通 HTTP。</translation>
  </message>
  <message>
   <source>{place} was silent for too long ({cause}).</source>
   <translation>{place} 静默过久（{cause}）。</translation>
  </message>
  <message>
   <source>{problem}</source>
   <translation>{problem}</translation>
  </message>
  <message>
   <source>{proxy}, {by}; a tunnel to {target}</source>
   <translation>{proxy}，{by}；到 {target} 的隧道</translation>
  </message>
  <message>
   <source>{proxy}, {by}; it is given the request itself</source>
   <translation>{proxy}，{by}；请求直接交给代理</translation>
  </message>
  <message>
   <source>{reason}</source>
   <translation>{reason}</translation>
  </message>
  <message>
   <source>{reason}; it was opened again</source>
   <translation>{reason}；已重新打开</translation>
  </message>
  <message>
   <source>{remedy} Listing needs the permission modelarts:service:list.</source>
   <translation>{remedy}列出服务需要权限 modelarts:service:list。</translation>
  </message>
  <message>
   <source>{remedy} The permission for it is {permission}.</source>
   <translation>{remedy}所需权限为 {permission}。</translation>
  </message>
  <message>
   <source>{service} accepts no App authentication, but: {kinds}.</source>
   <translation>{service} 不接受 App 认证，只接受：{kinds}。</translation>
  </message>
  <message>
   <source>{service} accepts: {kinds}.</source>
   <translation>{service} 接受：{kinds}。</translation>
  </message>
  <message>
   <source>{service} has no address on the channel '{channel}'.</source>
   <translation>{service} 在通道“{channel}”上没有地址。</translation>
  </message>
  <message>
   <source>{service} has no address on the channel {channel}.</source>
   <translation>{service} 在通道 {channel} 上没有地址。</translation>
  </message>
  <message>
   <source>{service} is not in its workspace any more.</source>
   <translation>{service} 已不在其工作区中。</translation>
  </message>
  <message>
   <source>{service} is {status}.</source>
   <translation>{service} 的状态为 {status}。</translation>
  </message>
  <message>
   <source>{service} speaks {protocols}.</source>
   <translation>{service} 支持 {protocols}。</translation>
  </message>
  <message>
   <source>{size} bytes</source>
   <translation>{size} 字节</translation>
  </message>
  <message>
   <source>{size} bytes had been announced. Send it again once nobody writes to it.</source>
   <translation>已声明大小为 {size} 字节。请在无人写入该文件后再次发送。</translation>
  </message>
  <message>
   <source>{specification} (closed)</source>
   <translation>{specification}（未开放）</translation>
  </message>
  <message>
   <source>{specification} (over quota)</source>
   <translation>{specification}（超出配额）</translation>
  </message>
  <message>
   <source>{status} from {layer}: {meaning}</source>
   <translation>{layer}返回 {status}：{meaning}</translation>
  </message>
  <message>
   <source>{user} of {domain} signs in with MFA.</source>
   <translation>{domain} 的 {user} 使用 MFA 登录。</translation>
  </message>
  <message>
   <source>{value} (not offered any more)</source>
   <translation>{value}（不再提供）</translation>
  </message>
  <message>
   <source>{value} is not between {least} and {most}.</source>
   <translation>{value} 不在 {least} 和 {most} 之间。</translation>
  </message>
  <message>
   <source>{version}, agreed on by ALPN: {alpn}</source>
   <translation>{version}，由 ALPN 协商：{alpn}</translation>
  </message>
  <message>
   <source>{version}: it is old, RFC 8996 forbids it</source>
   <translation>{version}：过旧，RFC 8996 禁止使用</translation>
  </message>
  <message>
   <source>{version}; the server did not answer ALPN</source>
   <translation>{version}；服务器没有应答 ALPN</translation>
  </message>
  <message>
   <source>{wanted} was asked for, {name} answers.</source>
   <translation>请求的是 {wanted}，应答的是 {name}。</translation>
  </message>
  <message>
   <source>{what} (at character {n})</source>
   <translation>{what}（第 {n} 个字符）</translation>
  </message>
  <message>
   <source>{what} is {span} the server's clock.</source>
   <translation>{what}比服务器时钟{span}。</translation>
  </message>
  <message>
   <source>{what} was written by a newer version (format {version}, known is {known}).</source>
   <translation>{what}由更新的版本写入（格式 {version}，已知 {known}）。</translation>
  </message>
  <message>
   <source>{what} {number} came after {last}.</source>
   <translation>{what} {number} 出现在 {last} 之后。</translation>
  </message>
  <message>
   <source>{what} {number} came twice.</source>
   <translation>{what} {number} 出现了两次。</translation>
  </message>
  <message>
   <source>{what} {number} follows {last}: {n} are missing.</source>
   <translation>{what} {number} 出现在 {last} 之后：缺少 {n} 个。</translation>
  </message>
  <message>
   <source>{word} (as it is)</source>
   <translation>{word}（保持原样）</translation>
  </message>
  <message>
   <source>{word} is no number of JSON</source>
   <translation>{word} 不是 JSON 数字</translation>
  </message>
  <message>
   <source>{word} is no value of JSON</source>
   <translation>{word} 不是 JSON 值</translation>
  </message>
  <message>
   <source>{word} is written {meant} in JSON</source>
   <translation>{word} 在 JSON 中写作 {meant}</translation>
  </message>
  <message>
   <source>{workspace}: a password or key in an address was left out.</source>
   <translation>{workspace}：地址中的密码或密钥已省略。</translation>
  </message>
  <message>
   <source>{workspace}: the value of {field} is a secret and was left out.</source>
   <translation>{workspace}：{field}的值是机密，已省略。</translation>
  </message>
  <message>
   <source>{workspace}: {message}</source>
   <translation>{workspace}：{message}</translation>
  </message>
  <message>
   <source>“{name}” does not run: {status}.</source>
   <translation>“{name}”没有运行：{status}。</translation>
  </message>
  <message>
   <source>“{name}” has another address since it was started again.</source>
   <translation>“{name}”重新启动后地址已改变。</translation>
  </message>
  <message>
   <source>“{name}” is being started.</source>
   <translation>“{name}”正在启动。</translation>
  </message>
  <message>
   <source>“{name}” is changing: {status}.</source>
   <translation>“{name}”正在变化：{status}。</translation>
  </message>
  <message>
   <source>“{name}” runs again.</source>
   <translation>“{name}”已重新运行。</translation>
  </message>
  <message>
   <source>“{name}” was deleted: its platform does not know it any more.</source>
   <translation>“{name}”已被删除：其平台已不再认识它。</translation>
  </message>
  <message>
   <source>… {size} bytes are not shown …</source>
   <translation>… 未显示 {size} 字节 …</translation>
  </message>
 </context>
 <context>
  <name>AboutDialog</name>
  <message>
   <source>About Streamscope</source>
   <translation>关于 Streamscope</translation>
  </message>
  <message>
   <source>Apache License 2.0. Qt is used under the LGPL 3.</source>
   <translation>Apache License 2.0。Qt 依据 LGPL 3 使用。</translation>
  </message>
  <message>
   <source>Explore and debug real-time inference services: any authentication, any channel, any protocol.</source>
   <translation>探索和调试实时推理服务：任意认证、任意通道、任意协议。</translation>
  </message>
  <message>
   <source>Streamscope {version}</source>
   <translation>Streamscope {version}</translation>
  </message>
 </context>
 <context>
  <name>AccessDialog</name>
  <message>
   <source>It is the credential {name} now, kept in memory for this session.</source>
   <translation>它现在是凭据 {name}，在本次会话中保存在内存里。</translation>
  </message>
  <message>
   <source>It is the credential {name} now, kept in the keyring.</source>
   <translation>它现在是凭据 {name}，保存在密钥环中。</translation>
  </message>
  <message>
   <source>Workspace</source>
   <translation>工作区</translation>
  </message>
 </context>
 <context>
  <name>AccessSectionView</name>
  <message>
   <source>Who may call the service</source>
   <translation>谁可以调用此服务</translation>
  </message>
 </context>
 <context>
  <name>AccessView</name>
  <message>
   <source>API keys</source>
   <translation>API Key</translation>
  </message>
  <message>
   <source>API keys…</source>
   <translation>管理 API Key…</translation>
  </message>
  <message>
   <source>App codes: {count}</source>
   <translation>AppCode：{count}</translation>
  </message>
  <message>
   <source>Apps</source>
   <translation>App</translation>
  </message>
  <message>
   <source>Apps…</source>
   <translation>管理 App…</translation>
  </message>
  <message>
   <source>Authorise</source>
   <translation>授权</translation>
  </message>
  <message>
   <source>Authorising {name}…</source>
   <translation>正在授权 {name}…</translation>
  </message>
  <message>
   <source>Bind</source>
   <translation>绑定</translation>
  </message>
  <message>
   <source>Binding {name}…</source>
   <translation>正在绑定 {name}…</translation>
  </message>
  <message>
   <source>Connections…</source>
   <translation>内网连接…</translation>
  </message>
  <message>
   <source>Intranet connections</source>
   <translation>内网连接</translation>
  </message>
  <message>
   <source>Its callers prove who they are in another way: no key is asked for.</source>
   <translation>其调用方以其他方式证明身份：不需要 API Key。</translation>
  </message>
  <message>
   <source>No App may call it yet: callers with App codes or App signatures are refused.</source>
   <translation>还没有 App 可以调用它：使用 AppCode 或 App 签名的调用方会被拒绝。</translation>
  </message>
  <message>
   <source>No key lets into it yet.</source>
   <translation>还没有可访问它的 API Key。</translation>
  </message>
  <message>
   <source>No network is connected to it.</source>
   <translation>没有网络与它连接。</translation>
  </message>
  <message>
   <source>Reading who may call it…</source>
   <translation>正在读取谁可以调用它…</translation>
  </message>
  <message>
   <source>Revoke</source>
   <translation>取消授权</translation>
  </message>
  <message>
   <source>Revoking {name}…</source>
   <translation>正在取消 {name} 的授权…</translation>
  </message>
  <message>
   <source>There are no other Apps: create one first.</source>
   <translation>没有其他 App：请先创建一个。</translation>
  </message>
  <message>
   <source>There is no other key that could be bound: create one first.</source>
   <translation>没有其他可绑定的 API Key：请先创建一个。</translation>
  </message>
  <message>
   <source>These let into every service of the account: {names}.</source>
   <translation>以下 API Key 可访问此账号的所有服务：{names}。</translation>
  </message>
  <message>
   <source>Unbind</source>
   <translation>解绑</translation>
  </message>
  <message>
   <source>Unbinding {name}…</source>
   <translation>正在解绑 {name}…</translation>
  </message>
 </context>
 <context>
  <name>AccountView</name>
  <message>
   <source>Look up the projects</source>
   <translation>查找项目</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>停止</translation>
  </message>
 </context>
 <context>
  <name>Acting</name>
  <message>
   <source>1 call from this window is running and will be cut.</source>
   <translation>此窗口有 1 个调用正在进行，将被切断。</translation>
  </message>
  <message>
   <source>Delete {count} services?</source>
   <translation>删除 {count} 个服务？</translation>
  </message>
  <message>
   <source>Stop {count} services?</source>
   <translation>停止 {count} 个服务？</translation>
  </message>
  <message>
   <source>{count} calls from this window are running and will be cut.</source>
   <translation>此窗口有 {count} 个调用正在进行，将被切断。</translation>
  </message>
 </context>
 <context>
  <name>Acts</name>
  <message>
   <source>A number, or a time since Send: 120000, 2.5s</source>
   <translation>编号，或自发送起的时间：120000、2.5s</translation>
  </message>
  <message>
   <source>A number, or a time with its unit: 120000, 2.5s, 300ms.</source>
   <translation>编号，或带单位的时间：120000、2.5s、300ms。</translation>
  </message>
  <message>
   <source>Comment on event {number}</source>
   <translation>事件 {number} 的注释</translation>
  </message>
  <message>
   <source>Enter keeps it and marks the event.</source>
   <translation>按 Enter 保存并标记该事件。</translation>
  </message>
  <message>
   <source>Go to event</source>
   <translation>转到事件</translation>
  </message>
  <message>
   <source>It cannot be copied: {reason}</source>
   <translation>无法复制：{reason}</translation>
  </message>
  <message>
   <source>The first {count} events were copied</source>
   <translation>已复制前 {count} 个事件</translation>
  </message>
  <message>
   <source>{count} events were copied</source>
   <translation>已复制 {count} 个事件</translation>
  </message>
 </context>
 <context>
  <name>AddressDialog</name>
  <message>
   <source>Add a service by its URL</source>
   <translation>按 URL 添加服务</translation>
  </message>
  <message>
   <source>Any URL is a service. A secret does not belong into it: it is kept as typed.</source>
   <translation>任何 URL 都是服务。URL 中不应含有机密：它会按输入原样保存。</translation>
  </message>
  <message>
   <source>Called over HTTP, answers may stream; any authentication can be chosen.</source>
   <translation>通过 HTTP 调用，响应可以是流；可选择任意认证。</translation>
  </message>
  <message>
   <source>Called over WebSocket; any authentication can be chosen.</source>
   <translation>通过 WebSocket 调用；可选择任意认证。</translation>
  </message>
  <message>
   <source>Edit the service</source>
   <translation>编辑服务</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>名称</translation>
  </message>
  <message>
   <source>URL</source>
   <translation>URL</translation>
  </message>
  <message>
   <source>the host, where nothing is typed</source>
   <translation>留空则使用主机名</translation>
  </message>
 </context>
 <context>
  <name>AddressView</name>
  <message>
   <source>/path, a whole URL, or a cURL command</source>
   <translation>/路径、完整 URL 或 cURL 命令</translation>
  </message>
  <message>
   <source>Auto</source>
   <translation>自动</translation>
  </message>
  <message>
   <source>Copy the URL</source>
   <translation>复制 URL</translation>
  </message>
  <message>
   <source>Method</source>
   <translation>方法</translation>
  </message>
  <message>
   <source>Method, chosen or typed; automatic: GET without a body, else POST</source>
   <translation>方法，可选择或输入；自动：无正文时为 GET，否则为 POST</translation>
  </message>
  <message>
   <source>Path</source>
   <translation>路径</translation>
  </message>
  <message>
   <source>Send</source>
   <translation>发送</translation>
  </message>
  <message>
   <source>Send (Ctrl+Return)</source>
   <translation>发送（Ctrl+Return）</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>停止</translation>
  </message>
  <message>
   <source>Stop (Esc)</source>
   <translation>停止（Esc）</translation>
  </message>
  <message>
   <source>The URL that will be called</source>
   <translation>将要调用的 URL</translation>
  </message>
 </context>
 <context>
  <name>Afterwards</name>
  <message>
   <source>At once</source>
   <translation>立即</translation>
  </message>
  <message>
   <source>Close</source>
   <translation>关闭</translation>
  </message>
  <message>
   <source>Close the others</source>
   <translation>关闭其他</translation>
  </message>
  <message>
   <source>Close what has ended</source>
   <translation>关闭已结束的</translation>
  </message>
  <message>
   <source>Compare all that are open</source>
   <translation>比较所有打开的</translation>
  </message>
  <message>
   <source>Compare with</source>
   <translation>比较对象</translation>
  </message>
  <message>
   <source>Compose again</source>
   <translation>再次编辑</translation>
  </message>
  <message>
   <source>Copy the address</source>
   <translation>复制地址</translation>
  </message>
  <message>
   <source>Each call gets it from the beginning. Closing this message ends it.</source>
   <translation>每次调用都从头获得它。关闭此提示即结束。</translation>
  </message>
  <message>
   <source>Go on</source>
   <translation>继续</translation>
  </message>
  <message>
   <source>HTTP Archive (*.har)</source>
   <translation>HTTP 归档 (*.har)</translation>
  </message>
  <message>
   <source>JSON lines of events (*.jsonl)</source>
   <translation>事件的 JSON 行 (*.jsonl)</translation>
  </message>
  <message>
   <source>Make a fault scenario of it</source>
   <translation>以此生成故障场景</translation>
  </message>
  <message>
   <source>Nothing about this exchange was unusual: there is no fault to make of it.</source>
   <translation>此交换没有任何异常：无法以此生成故障。</translation>
  </message>
  <message>
   <source>Pause the views</source>
   <translation>暂停视图</translation>
  </message>
  <message>
   <source>Replay</source>
   <translation>回放</translation>
  </message>
  <message>
   <source>Save the recording</source>
   <translation>保存记录</translation>
  </message>
  <message>
   <source>Save the recording as…</source>
   <translation>记录另存为…</translation>
  </message>
  <message>
   <source>Send again</source>
   <translation>再次发送</translation>
  </message>
  <message>
   <source>Serve it to other clients</source>
   <translation>向其他客户端提供</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>停止</translation>
  </message>
  <message>
   <source>The header X-Sandbox-Fault asks the sandbox for faults; `sandbox --faults` lists them.</source>
   <translation>头部 X-Sandbox-Fault 向沙箱请求故障；`sandbox --faults` 可列出它们。</translation>
  </message>
  <message>
   <source>The recording is served at {url} to any client, with its own timing.</source>
   <translation>该记录在 {url} 以原有时序提供给任意客户端。</translation>
  </message>
  <message>
   <source>The recording was saved as {path}.</source>
   <translation>记录已保存为 {path}。</translation>
  </message>
  <message>
   <source>Writing {path}…</source>
   <translation>正在写入 {path}…</translation>
  </message>
  <message>
   <source>replay</source>
   <translation>回放</translation>
  </message>
  <message>
   <source>replay × {speed}</source>
   <translation>回放 × {speed}</translation>
  </message>
 </context>
 <context>
  <name>AppsDialog</name>
  <message>
   <source>Add an App code</source>
   <translation>添加 AppCode</translation>
  </message>
  <message>
   <source>Adding an App code…</source>
   <translation>正在添加 AppCode…</translation>
  </message>
  <message>
   <source>An App is who calls: it has a key, a secret to sign with, and codes to send. Which services it may call is decided for each service.</source>
   <translation>App 表示调用方：它有一个 AppKey、一个用于签名的 AppSecret，以及可发送的 AppCode。它可以调用哪些服务，由每个服务决定。</translation>
  </message>
  <message>
   <source>App code</source>
   <translation>AppCode</translation>
  </message>
  <message>
   <source>App code {number}</source>
   <translation>AppCode {number}</translation>
  </message>
  <message>
   <source>App codes: {codes} · services: {services}</source>
   <translation>AppCode：{codes} · 服务：{services}</translation>
  </message>
  <message>
   <source>App key</source>
   <translation>AppKey</translation>
  </message>
  <message>
   <source>App secret</source>
   <translation>AppSecret</translation>
  </message>
  <message>
   <source>Apps</source>
   <translation>App</translation>
  </message>
  <message>
   <source>Create</source>
   <translation>创建</translation>
  </message>
  <message>
   <source>Created</source>
   <translation>创建时间</translation>
  </message>
  <message>
   <source>Creating {name}…</source>
   <translation>正在创建 {name}…</translation>
  </message>
  <message>
   <source>Delete</source>
   <translation>删除</translation>
  </message>
  <message>
   <source>Delete an App code of {name}?</source>
   <translation>删除 {name} 的一个 AppCode？</translation>
  </message>
  <message>
   <source>Delete the App {name}?</source>
   <translation>删除 App {name}？</translation>
  </message>
  <message>
   <source>Delete {code}</source>
   <translation>删除 {code}</translation>
  </message>
  <message>
   <source>Deleting the code…</source>
   <translation>正在删除 AppCode…</translation>
  </message>
  <message>
   <source>Deleting {name}…</source>
   <translation>正在删除 {name}…</translation>
  </message>
  <message>
   <source>Give {name} another secret?</source>
   <translation>为 {name} 更换 AppSecret？</translation>
  </message>
  <message>
   <source>It has no App code yet: with one, a header is enough to call.</source>
   <translation>它还没有 AppCode：有了 AppCode，只需一个头部即可调用。</translation>
  </message>
  <message>
   <source>Its codes and its secret stop working at once.</source>
   <translation>其 AppCode 和 AppSecret 会立即失效。</translation>
  </message>
  <message>
   <source>Its codes and its secret stop working at once. Services that it may call: {count}.</source>
   <translation>其 AppCode 和 AppSecret 会立即失效。它可以调用的服务：{count}。</translation>
  </message>
  <message>
   <source>Keep as credential: App signature</source>
   <translation>保存为凭据：App 签名</translation>
  </message>
  <message>
   <source>Keep as credential: {code}</source>
   <translation>保存为凭据：{code}</translation>
  </message>
  <message>
   <source>New App</source>
   <translation>新建 App</translation>
  </message>
  <message>
   <source>No workspace here has Apps: add one of a platform that has.</source>
   <translation>此处没有工作区带有 App：请添加一个平台支持 App 的工作区。</translation>
  </message>
  <message>
   <source>Reading the Apps…</source>
   <translation>正在读取 App…</translation>
  </message>
  <message>
   <source>Replace</source>
   <translation>更换</translation>
  </message>
  <message>
   <source>Replace an App code of {name}?</source>
   <translation>更换 {name} 的一个 AppCode？</translation>
  </message>
  <message>
   <source>Replace {code}</source>
   <translation>更换 {code}</translation>
  </message>
  <message>
   <source>Replacing the code…</source>
   <translation>正在更换 AppCode…</translation>
  </message>
  <message>
   <source>Reset the secret</source>
   <translation>重置 AppSecret</translation>
  </message>
  <message>
   <source>Resetting the secret…</source>
   <translation>正在重置 AppSecret…</translation>
  </message>
  <message>
   <source>Whoever sends it is refused from then on.</source>
   <translation>此后，发送它的调用方会被拒绝。</translation>
  </message>
  <message>
   <source>Whoever sends the present one is refused from then on.</source>
   <translation>此后，发送当前 AppCode 的调用方会被拒绝。</translation>
  </message>
  <message>
   <source>Whoever signs with the present one is refused from then on.</source>
   <translation>此后，用当前 AppSecret 签名的调用方会被拒绝。</translation>
  </message>
 </context>
 <context>
  <name>AskingView</name>
  <message>
   <source>Read again</source>
   <translation>重新读取</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>停止</translation>
  </message>
  <message>
   <source>Stop: {words}</source>
   <translation>停止：{words}</translation>
  </message>
  <message>
   <source>Stopped before anything was read.</source>
   <translation>在读取任何内容之前已停止。</translation>
  </message>
  <message>
   <source>Try again</source>
   <translation>重试</translation>
  </message>
 </context>
 <context>
  <name>AuthForm</name>
  <message>
   <source>Explain</source>
   <translation>说明</translation>
  </message>
  <message>
   <source>Keep as a credential…</source>
   <translation>保存为凭据…</translation>
  </message>
  <message>
   <source>Kept in the keyring.</source>
   <translation>已保存在密钥环中。</translation>
  </message>
  <message>
   <source>Nothing is typed yet.</source>
   <translation>尚未输入任何内容。</translation>
  </message>
  <message>
   <source>Show what the authentication does to the request, line by line</source>
   <translation>逐行显示认证对请求做了什么</translation>
  </message>
  <message>
   <source>The sandbox knows its own secrets; what is typed here is sent instead.</source>
   <translation>沙箱知道自己的机密；此处输入的内容会代替它发送。</translation>
  </message>
  <message>
   <source>There is no keyring here: secrets are kept in memory for this session.</source>
   <translation>这里没有密钥环：机密仅在本次会话中保存在内存里。</translation>
  </message>
  <message>
   <source>There is one of this name already.</source>
   <translation>已有同名的凭据。</translation>
  </message>
  <message>
   <source>What is empty here comes from {name}, which the workspace signs in with.</source>
   <translation>此处留空的内容取自工作区登录所用的 {name}。</translation>
  </message>
  <message>
   <source>filled in by the sandbox</source>
   <translation>由沙箱填写</translation>
  </message>
  <message>
   <source>from the variable {name}</source>
   <translation>取自变量 {name}</translation>
  </message>
  <message>
   <source>from {name}</source>
   <translation>取自 {name}</translation>
  </message>
  <message>
   <source>kept in memory as {name}</source>
   <translation>以 {name} 保存在内存中</translation>
  </message>
  <message>
   <source>kept in the keyring as {name}</source>
   <translation>以 {name} 保存在密钥环中</translation>
  </message>
  <message>
   <source>kept in the keyring for this workspace</source>
   <translation>已为此工作区保存在密钥环中</translation>
  </message>
  <message>
   <source>{value} (from {name})</source>
   <translation>{value}（取自 {name}）</translation>
  </message>
 </context>
 <context>
  <name>AutomaticView</name>
  <message>
   <source>Headers that are added by themselves</source>
   <translation>自动添加的头部</translation>
  </message>
  <message>
   <source>left out</source>
   <translation>不发送</translation>
  </message>
  <message>
   <source>sent</source>
   <translation>发送</translation>
  </message>
 </context>
 <context>
  <name>BodyView</name>
  <message>
   <source>Body</source>
   <translation>正文</translation>
  </message>
  <message>
   <source>Bytes</source>
   <translation>字节</translation>
  </message>
  <message>
   <source>Empty: it is sent with no field</source>
   <translation>空：不带任何字段发送</translation>
  </message>
  <message>
   <source>File</source>
   <translation>文件</translation>
  </message>
  <message>
   <source>Find and replace</source>
   <translation>查找和替换</translation>
  </message>
  <message>
   <source>Form</source>
   <translation>表单</translation>
  </message>
  <message>
   <source>Format: lay the JSON out</source>
   <translation>格式化：展开排版 JSON</translation>
  </message>
  <message>
   <source>JSON</source>
   <translation>JSON</translation>
  </message>
  <message>
   <source>Kind of the body</source>
   <translation>正文的类型</translation>
  </message>
  <message>
   <source>Larger than the 12 MB that a signed request may carry.</source>
   <translation>超过了签名请求可携带的 12 MB。</translation>
  </message>
  <message>
   <source>Minify: take the blanks out</source>
   <translation>压缩：去除空白</translation>
  </message>
  <message>
   <source>Multipart</source>
   <translation>多部分</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>名称</translation>
  </message>
  <message>
   <source>Names and values, as application/x-www-form-urlencoded</source>
   <translation>名称和值，类型为 application/x-www-form-urlencoded</translation>
  </message>
  <message>
   <source>None</source>
   <translation>无</translation>
  </message>
  <message>
   <source>Nothing is sent: the request has no body</source>
   <translation>不发送任何内容：请求没有正文</translation>
  </message>
  <message>
   <source>Sent as it is written</source>
   <translation>按所写原样发送</translation>
  </message>
  <message>
   <source>Sent as it is written, as application/json</source>
   <translation>按所写原样发送，类型为 application/json</translation>
  </message>
  <message>
   <source>Text</source>
   <translation>文本</translation>
  </message>
  <message>
   <source>The bytes of a file, read when it is sent</source>
   <translation>文件的字节，发送时读取</translation>
  </message>
  <message>
   <source>The bytes that came with this draft</source>
   <translation>随此请求一起带来的字节</translation>
  </message>
  <message>
   <source>This request has no body. Choose a kind above: what one kind holds stays while another is chosen.</source>
   <translation>此请求没有正文。请在上方选择类型：切换类型时，原类型的内容会保留。</translation>
  </message>
  <message>
   <source>Type or paste; {{variables}} are filled when it is sent.</source>
   <translation>输入或粘贴；{{variables}} 在发送时填入。</translation>
  </message>
  <message>
   <source>Value</source>
   <translation>值</translation>
  </message>
  <message>
   <source>Values and files, as multipart/form-data</source>
   <translation>值和文件，类型为 multipart/form-data</translation>
  </message>
  <message>
   <source>Wrap long lines</source>
   <translation>长行自动换行</translation>
  </message>
  <message>
   <source>name</source>
   <translation>名称</translation>
  </message>
  <message>
   <source>value</source>
   <translation>值</translation>
  </message>
  <message>
   <source>{on} of {count} are sent</source>
   <translation>发送 {count} 项中的 {on} 项</translation>
  </message>
 </context>
 <context>
  <name>BytesFindView</name>
  <message>
   <source>Bytes as hex: 0d 0a</source>
   <translation>十六进制字节：0d 0a</translation>
  </message>
  <message>
   <source>Close (Esc)</source>
   <translation>关闭（Esc）</translation>
  </message>
  <message>
   <source>Find</source>
   <translation>查找</translation>
  </message>
  <message>
   <source>Match case</source>
   <translation>区分大小写</translation>
  </message>
  <message>
   <source>Next (F3)</source>
   <translation>下一个（F3）</translation>
  </message>
  <message>
   <source>No hex</source>
   <translation>不是十六进制</translation>
  </message>
  <message>
   <source>None</source>
   <translation>无</translation>
  </message>
  <message>
   <source>Previous (Shift+F3)</source>
   <translation>上一个（Shift+F3）</translation>
  </message>
  <message>
   <source>Stop looking</source>
   <translation>停止查找</translation>
  </message>
  <message>
   <source>{number} of {count}</source>
   <translation>第 {number} 处，共 {count} 处</translation>
  </message>
  <message>
   <source>{percent} %</source>
   <translation>{percent} %</translation>
  </message>
 </context>
 <context>
  <name>BytesView</name>
  <message>
   <source>Edit as text</source>
   <translation>作为文本编辑</translation>
  </message>
  <message>
   <source>Edit the bytes as text</source>
   <translation>将字节作为文本编辑</translation>
  </message>
  <message>
   <source>Select all</source>
   <translation>全选</translation>
  </message>
  <message>
   <source>The first bytes</source>
   <translation>开头的字节</translation>
  </message>
  <message>
   <source>{count} bytes</source>
   <translation>{count} 字节</translation>
  </message>
  <message>
   <source>{size} from {origin}, sent as they are.</source>
   <translation>来自 {origin} 的 {size}，按原样发送。</translation>
  </message>
  <message>
   <source>{size}, sent as they are.</source>
   <translation>{size}，按原样发送。</translation>
  </message>
 </context>
 <context>
  <name>CallCard</name>
  <message>
   <source>(a call without a name)</source>
   <translation>（没有名称的调用）</translation>
  </message>
  <message>
   <source>Arguments of the tool call</source>
   <translation>工具调用的参数</translation>
  </message>
  <message>
   <source>Copy the arguments</source>
   <translation>复制参数</translation>
  </message>
  <message>
   <source>beginning of JSON</source>
   <translation>JSON 的开头</translation>
  </message>
  <message>
   <source>broken JSON</source>
   <translation>损坏的 JSON</translation>
  </message>
  <message>
   <source>no arguments yet</source>
   <translation>尚无参数</translation>
  </message>
  <message>
   <source>whole JSON</source>
   <translation>完整的 JSON</translation>
  </message>
 </context>
 <context>
  <name>CardsView</name>
  <message>
   <source>Findings</source>
   <translation>发现</translation>
  </message>
 </context>
 <context>
  <name>CellsView</name>
  <message>
   <source>Copy</source>
   <translation>复制</translation>
  </message>
  <message>
   <source>Copy all as CSV</source>
   <translation>全部复制为 CSV</translation>
  </message>
 </context>
 <context>
  <name>ChainView</name>
  <message>
   <source>Test of the connection</source>
   <translation>连接测试</translation>
  </message>
 </context>
 <context>
  <name>ChartView</name>
  <message>
   <source>0 to {most}</source>
   <translation>0 到 {most}</translation>
  </message>
  <message>
   <source>Preparing the charts…</source>
   <translation>正在准备图表…</translation>
  </message>
  <message>
   <source>Save {chart}</source>
   <translation>保存{chart}</translation>
  </message>
  <message>
   <source>Saved as {name}</source>
   <translation>已保存为 {name}</translation>
  </message>
  <message>
   <source>What {chart} shows</source>
   <translation>{chart}显示的内容</translation>
  </message>
  <message>
   <source>now</source>
   <translation>现在</translation>
  </message>
  <message>
   <source>{chart} as a table</source>
   <translation>以表格显示{chart}</translation>
  </message>
 </context>
 <context>
  <name>ChoiceView</name>
  <message>
   <source>Choice {number}</source>
   <translation>候选 {number}</translation>
  </message>
  <message>
   <source>Choice {number} · ended: {reason}</source>
   <translation>候选 {number} · 结束：{reason}</translation>
  </message>
  <message>
   <source>Reasoning</source>
   <translation>推理</translation>
  </message>
  <message>
   <source>Refusal</source>
   <translation>拒绝</translation>
  </message>
  <message>
   <source>Shown as it came: {size} are too much for Markdown.</source>
   <translation>按到达时的原样显示：{size}，对 Markdown 而言过大。</translation>
  </message>
  <message>
   <source>Text of the answer</source>
   <translation>响应的文本</translation>
  </message>
  <message>
   <source>The answer brought no text. Events shows all that came.</source>
   <translation>响应没有带来文本。到达的全部内容见“事件”。</translation>
  </message>
  <message>
   <source>The text of the answer appears here as it comes.</source>
   <translation>响应的文本到达时显示在这里。</translation>
  </message>
  <message>
   <source>and {count} more calls: Events has them</source>
   <translation>另有 {count} 次调用：见“事件”</translation>
  </message>
 </context>
 <context>
  <name>ChoicesView</name>
  <message>
   <source>Authentication</source>
   <translation>认证</translation>
  </message>
  <message>
   <source>Channel</source>
   <translation>通道</translation>
  </message>
  <message>
   <source>Protocol</source>
   <translation>协议</translation>
  </message>
  <message>
   <source>{reason} It can be sent all the same.</source>
   <translation>{reason}仍然可以发送。</translation>
  </message>
 </context>
 <context>
  <name>Choosing</name>
  <message>
   <source>Sandbox: not running</source>
   <translation>沙箱：未运行</translation>
  </message>
  <message>
   <source>Sandbox: running, services: {count}</source>
   <translation>沙箱：运行中，服务：{count}</translation>
  </message>
 </context>
 <context>
  <name>ClosePanel</name>
  <message>
   <source>4000 private</source>
   <translation>4000 私有</translation>
  </message>
  <message>
   <source>A close code is a number.</source>
   <translation>关闭代码须为数字。</translation>
  </message>
  <message>
   <source>Close</source>
   <translation>关闭</translation>
  </message>
  <message>
   <source>Close code</source>
   <translation>关闭代码</translation>
  </message>
  <message>
   <source>Close the connection</source>
   <translation>关闭连接</translation>
  </message>
  <message>
   <source>Close with this code</source>
   <translation>以此代码关闭</translation>
  </message>
  <message>
   <source>Reason</source>
   <translation>原因</translation>
  </message>
  <message>
   <source>Reason, none is fine</source>
   <translation>原因，可留空</translation>
  </message>
  <message>
   <source>no code</source>
   <translation>无代码</translation>
  </message>
  <message>
   <source>{size} of 123 bytes.</source>
   <translation>{size} / 123 字节。</translation>
  </message>
 </context>
 <context>
  <name>CodeEdit</name>
  <message>
   <source>A text is not closed: blanks are moved when its quotation mark is there</source>
   <translation>有文本未闭合：补上引号后才会移动空白</translation>
  </message>
  <message>
   <source>Find</source>
   <translation>查找</translation>
  </message>
  <message>
   <source>Fold</source>
   <translation>折叠</translation>
  </message>
  <message>
   <source>Format JSON</source>
   <translation>格式化 JSON</translation>
  </message>
  <message>
   <source>Going back to another state of a large text…</source>
   <translation>正在恢复大文本的另一状态…</translation>
  </message>
  <message>
   <source>Laying out: {percent} %</source>
   <translation>正在排版：{percent}%</translation>
  </message>
  <message>
   <source>Minify JSON</source>
   <translation>压缩 JSON</translation>
  </message>
  <message>
   <source>Replace</source>
   <translation>替换</translation>
  </message>
  <message>
   <source>The line ends of what was pasted became LF</source>
   <translation>粘贴内容的行尾已改为 LF</translation>
  </message>
  <message>
   <source>Unfold</source>
   <translation>展开</translation>
  </message>
  <message>
   <source>Wrap lines</source>
   <translation>自动换行</translation>
  </message>
 </context>
 <context>
  <name>CodeView</name>
  <message>
   <source>A large text is coming in: {percent} %</source>
   <translation>正在载入大文本：{percent}%</translation>
  </message>
  <message>
   <source>A line this long is not coloured</source>
   <translation>这么长的行不着色</translation>
  </message>
  <message>
   <source>A line this long is not coloured; laid out it would be</source>
   <translation>这么长的行不着色；展开排版后会着色</translation>
  </message>
 </context>
 <context>
  <name>CollectionDelegate</name>
  <message>
   <source>Name</source>
   <translation>名称</translation>
  </message>
 </context>
 <context>
  <name>CollectionsModel</name>
  <message>
   <source>not saved</source>
   <translation>未保存</translation>
  </message>
 </context>
 <context>
  <name>CollectionsPane</name>
  <message>
   <source>A collection is a folder: each request you save is one readable file in it, good to keep in git.</source>
   <translation>集合是一个文件夹：您保存的每个请求都是其中一个可读的文件，适合用 git 管理。</translation>
  </message>
  <message>
   <source>Collections</source>
   <translation>集合</translation>
  </message>
  <message>
   <source>Filter</source>
   <translation>筛选</translation>
  </message>
  <message>
   <source>Filter the requests</source>
   <translation>筛选请求</translation>
  </message>
  <message>
   <source>New collection</source>
   <translation>新建集合</translation>
  </message>
  <message>
   <source>New collection…</source>
   <translation>新建集合…</translation>
  </message>
  <message>
   <source>New folder</source>
   <translation>新建文件夹</translation>
  </message>
  <message>
   <source>New request</source>
   <translation>新建请求</translation>
  </message>
  <message>
   <source>New request, folder or collection</source>
   <translation>新建请求、文件夹或集合</translation>
  </message>
  <message>
   <source>No collection is open</source>
   <translation>没有打开的集合</translation>
  </message>
  <message>
   <source>Open a folder as a collection</source>
   <translation>将文件夹作为集合打开</translation>
  </message>
  <message>
   <source>Open a folder…</source>
   <translation>打开文件夹…</translation>
  </message>
 </context>
 <context>
  <name>CollectionsView</name>
  <message>
   <source>Collections and requests</source>
   <translation>集合和请求</translation>
  </message>
 </context>
 <context>
  <name>ColumnsView</name>
  <message>
   <source>Choice {number}</source>
   <translation>候选 {number}</translation>
  </message>
  <message>
   <source>Columns</source>
   <translation>列</translation>
  </message>
  <message>
   <source>Columns as at first</source>
   <translation>恢复默认列</translation>
  </message>
  <message>
   <source>In the record's order</source>
   <translation>按记录的顺序</translation>
  </message>
  <message>
   <source>Time of day</source>
   <translation>时刻</translation>
  </message>
  <message>
   <source>Time since Send</source>
   <translation>自发送起的时间</translation>
  </message>
  <message>
   <source>Time since the event shown before</source>
   <translation>距上一个所示事件的时间</translation>
  </message>
  <message>
   <source>and {count} more: Events has them</source>
   <translation>另有 {count} 个：见“事件”</translation>
  </message>
 </context>
 <context>
  <name>CompareView</name>
  <message>
   <source>Aligning took too long: differences at the end are told as one. So far: {count}</source>
   <translation>对齐耗时过长：末尾的差异合并为一处。目前：{count}</translation>
  </message>
  <message>
   <source>B is earlier</source>
   <translation>B 更早</translation>
  </message>
  <message>
   <source>B is later</source>
   <translation>B 更晚</translation>
  </message>
  <message>
   <source>Compare again</source>
   <translation>重新比较</translation>
  </message>
  <message>
   <source>Comparing…</source>
   <translation>正在比较…</translation>
  </message>
  <message>
   <source>Differences in the text: {count}</source>
   <translation>文本中的差异：{count}</translation>
  </message>
  <message>
   <source>Figures</source>
   <translation>指标</translation>
  </message>
  <message>
   <source>Figures of A and B</source>
   <translation>A 和 B 的指标</translation>
  </message>
  <message>
   <source>Finding</source>
   <translation>发现</translation>
  </message>
  <message>
   <source>Findings</source>
   <translation>发现</translation>
  </message>
  <message>
   <source>Findings of A and B</source>
   <translation>A 和 B 的发现</translation>
  </message>
  <message>
   <source>First</source>
   <translation>首个</translation>
  </message>
  <message>
   <source>In</source>
   <translation>所在</translation>
  </message>
  <message>
   <source>In words</source>
   <translation>说明</translation>
  </message>
  <message>
   <source>It could not be compared: {error}</source>
   <translation>无法比较：{error}</translation>
  </message>
  <message>
   <source>Messages with content</source>
   <translation>有内容的消息</translation>
  </message>
  <message>
   <source>Nothing unusual in either.</source>
   <translation>两者均无异常。</translation>
  </message>
  <message>
   <source>Parts of the comparison</source>
   <translation>比较的各部分</translation>
  </message>
  <message>
   <source>Reasoning</source>
   <translation>推理</translation>
  </message>
  <message>
   <source>Refusal</source>
   <translation>拒绝</translation>
  </message>
  <message>
   <source>Severity</source>
   <translation>严重程度</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>停止</translation>
  </message>
  <message>
   <source>Stopped. What differs is not known.</source>
   <translation>已停止。差异未知。</translation>
  </message>
  <message>
   <source>Text</source>
   <translation>文本</translation>
  </message>
  <message>
   <source>The same text, {size} characters</source>
   <translation>文本相同，{size} 个字符</translation>
  </message>
  <message>
   <source>Timing</source>
   <translation>时序</translation>
  </message>
  <message>
   <source>Tool call</source>
   <translation>工具调用</translation>
  </message>
  <message>
   <source>When how much had come</source>
   <translation>各比例内容的到达时间</translation>
  </message>
  <message>
   <source>Which text is compared</source>
   <translation>比较哪个文本</translation>
  </message>
  <message>
   <source>both</source>
   <translation>两者</translation>
  </message>
  <message>
   <source>only A</source>
   <translation>仅 A</translation>
  </message>
  <message>
   <source>only B</source>
   <translation>仅 B</translation>
  </message>
  <message>
   <source>the same</source>
   <translation>相同</translation>
  </message>
  <message>
   <source>{share} % had come</source>
   <translation>已到达 {share} %</translation>
  </message>
  <message>
   <source>{text} of choice {number}</source>
   <translation>候选 {number} 的{text}</translation>
  </message>
 </context>
 <context>
  <name>Comparing</name>
  <message>
   <source>{count} runs</source>
   <translation>{count} 次运行</translation>
  </message>
  <message>
   <source>{first} beside {second}</source>
   <translation>{first} 对比 {second}</translation>
  </message>
 </context>
 <context>
  <name>ComposerPane</name>
  <message>
   <source>Auth</source>
   <translation>认证</translation>
  </message>
  <message>
   <source>Body</source>
   <translation>正文</translation>
  </message>
  <message>
   <source>Headers</source>
   <translation>头部</translation>
  </message>
  <message>
   <source>Messages</source>
   <translation>消息</translation>
  </message>
  <message>
   <source>Params</source>
   <translation>参数</translation>
  </message>
  <message>
   <source>Settings</source>
   <translation>设置</translation>
  </message>
  <message>
   <source>The path holds half a character: it cannot be sent.</source>
   <translation>路径含有半个字符：无法发送。</translation>
  </message>
  <message>
   <source>What is sent</source>
   <translation>发送的内容</translation>
  </message>
 </context>
 <context>
  <name>ConfigurationView</name>
  <message>
   <source>Portion {number}</source>
   <translation>第 {number} 部分</translation>
  </message>
  <message>
   <source>Service</source>
   <translation>服务</translation>
  </message>
  <message>
   <source>What no field knows stays as it is when a service is updated.</source>
   <translation>没有对应字段的内容在更新服务时保持不变。</translation>
  </message>
  <message>
   <source>{count} lines</source>
   <translation>{count} 行</translation>
  </message>
 </context>
 <context>
  <name>ConfirmDialog</name>
  <message>
   <source>Cancel</source>
   <translation>取消</translation>
  </message>
  <message>
   <source>and {count} more</source>
   <translation>以及另外 {count} 个</translation>
  </message>
 </context>
 <context>
  <name>ConflictView</name>
  <message>
   <source>Keep both</source>
   <translation>两者都保留</translation>
  </message>
  <message>
   <source>Keep mine</source>
   <translation>保留我的</translation>
  </message>
  <message>
   <source>Nothing was overwritten. Which one is to be kept?</source>
   <translation>没有覆盖任何内容。要保留哪一个？</translation>
  </message>
  <message>
   <source>Save it again</source>
   <translation>重新保存</translation>
  </message>
  <message>
   <source>Take theirs</source>
   <translation>采用对方的</translation>
  </message>
  <message>
   <source>The draft here is all there is of it.</source>
   <translation>此处的内容是它仅存的一份。</translation>
  </message>
  <message>
   <source>{name} changed outside and cannot be read any more.</source>
   <translation>{name} 在外部被更改，已无法读取。</translation>
  </message>
  <message>
   <source>{name} changed outside of Streamscope.</source>
   <translation>{name} 在 Streamscope 之外被更改。</translation>
  </message>
  <message>
   <source>{name} was deleted outside of Streamscope.</source>
   <translation>{name} 在 Streamscope 之外被删除。</translation>
  </message>
 </context>
 <context>
  <name>ConnectionView</name>
  <message>
   <source>Copy or save</source>
   <translation>复制或保存</translation>
  </message>
  <message>
   <source>Copy the picture</source>
   <translation>复制图片</translation>
  </message>
  <message>
   <source>Copy the table</source>
   <translation>复制表格</translation>
  </message>
  <message>
   <source>Copy what is known</source>
   <translation>复制已知信息</translation>
  </message>
  <message>
   <source>Leave out how long the body took, so that the short phases are seen</source>
   <translation>不计正文用时，以便看清较短的阶段</translation>
  </message>
  <message>
   <source>Phases of the connection as a table</source>
   <translation>以表格显示连接的各阶段</translation>
  </message>
  <message>
   <source>Save as PNG, SVG or CSV…</source>
   <translation>保存为 PNG、SVG 或 CSV…</translation>
  </message>
  <message>
   <source>Save the waterfall</source>
   <translation>保存瀑布图</translation>
  </message>
  <message>
   <source>Table</source>
   <translation>表格</translation>
  </message>
  <message>
   <source>There is more than is shown here. {told}</source>
   <translation>还有未在此显示的内容。{told}</translation>
  </message>
  <message>
   <source>Until the answer</source>
   <translation>到响应为止</translation>
  </message>
  <message>
   <source>Waterfall</source>
   <translation>瀑布图</translation>
  </message>
  <message>
   <source>What is known of the connection</source>
   <translation>连接的已知信息</translation>
  </message>
 </context>
 <context>
  <name>ConnectionsDialog</name>
  <message>
   <source>A connection lets callers in a network of yours reach a service without the internet. Whoever owns the service approves it first.</source>
   <translation>连接让您网络中的调用方不经互联网即可访问服务。需先由服务的所有者批准。</translation>
  </message>
  <message>
   <source>Answering…</source>
   <translation>正在答复…</translation>
  </message>
  <message>
   <source>Approve</source>
   <translation>批准</translation>
  </message>
  <message>
   <source>Ask for it</source>
   <translation>申请</translation>
  </message>
  <message>
   <source>Asked by</source>
   <translation>申请人</translation>
  </message>
  <message>
   <source>Asking for a connection…</source>
   <translation>正在申请连接…</translation>
  </message>
  <message>
   <source>Callers in {network} cannot reach it any more.</source>
   <translation>{network} 中的调用方将无法再访问它。</translation>
  </message>
  <message>
   <source>Cancel it</source>
   <translation>取消连接</translation>
  </message>
  <message>
   <source>Change the URLs</source>
   <translation>更改 URL</translation>
  </message>
  <message>
   <source>Changing the URLs…</source>
   <translation>正在更改 URL…</translation>
  </message>
  <message>
   <source>Comes from</source>
   <translation>来自</translation>
  </message>
  <message>
   <source>Created</source>
   <translation>创建时间</translation>
  </message>
  <message>
   <source>Delete</source>
   <translation>删除</translation>
  </message>
  <message>
   <source>Delete the connection to {name}?</source>
   <translation>删除到 {name} 的连接？</translation>
  </message>
  <message>
   <source>Deleting the connection…</source>
   <translation>正在删除连接…</translation>
  </message>
  <message>
   <source>Id</source>
   <translation>ID</translation>
  </message>
  <message>
   <source>Intranet connections</source>
   <translation>内网连接</translation>
  </message>
  <message>
   <source>New connection</source>
   <translation>新建连接</translation>
  </message>
  <message>
   <source>No workspace here has such connections: add one of a platform that has.</source>
   <translation>此处没有工作区带有此类连接：请添加一个平台支持它的工作区。</translation>
  </message>
  <message>
   <source>Reading the connections…</source>
   <translation>正在读取连接…</translation>
  </message>
  <message>
   <source>Reason</source>
   <translation>原因</translation>
  </message>
  <message>
   <source>Reject</source>
   <translation>拒绝</translation>
  </message>
  <message>
   <source>Status</source>
   <translation>状态</translation>
  </message>
  <message>
   <source>Try again</source>
   <translation>重试</translation>
  </message>
  <message>
   <source>URL</source>
   <translation>URL</translation>
  </message>
  <message>
   <source>Why it is rejected</source>
   <translation>拒绝的原因</translation>
  </message>
  <message>
   <source>all services</source>
   <translation>所有服务</translation>
  </message>
  <message>
   <source>asked by {name}</source>
   <translation>由 {name} 申请</translation>
  </message>
 </context>
 <context>
  <name>ConversationView</name>
  <message>
   <source>%n new ↓</source>
   <translation>%n 条新消息 ↓</translation>
  </message>
  <message>
   <source>Copy</source>
   <translation>复制</translation>
  </message>
  <message>
   <source>Copy as JSON</source>
   <translation>复制为 JSON</translation>
  </message>
  <message>
   <source>Copy as base64</source>
   <translation>复制为 base64</translation>
  </message>
  <message>
   <source>Edit and send…</source>
   <translation>编辑后发送…</translation>
  </message>
  <message>
   <source>Go to the newest message</source>
   <translation>转到最新的消息</translation>
  </message>
  <message>
   <source>No message so far. What you send below, and what comes, stands here.</source>
   <translation>尚无消息。您在下方发送的内容以及到达的内容显示在这里。</translation>
  </message>
  <message>
   <source>No message went either way.</source>
   <translation>双方均未发送消息。</translation>
  </message>
  <message>
   <source>Send again</source>
   <translation>再次发送</translation>
  </message>
  <message>
   <source>Show all of it</source>
   <translation>显示全部</translation>
  </message>
  <message>
   <source>Show in Events</source>
   <translation>在“事件”中显示</translation>
  </message>
  <message>
   <source>Show the beginning only</source>
   <translation>只显示开头</translation>
  </message>
  <message>
   <source>This cannot be read: {why}</source>
   <translation>无法读取：{why}</translation>
  </message>
  <message>
   <source>… all of it is in Events</source>
   <translation>… 全部内容见“事件”</translation>
  </message>
 </context>
 <context>
  <name>CredentialForm</name>
  <message>
   <source>Authentication</source>
   <translation>认证</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>名称</translation>
  </message>
  <message>
   <source>Name *</source>
   <translation>名称 *</translation>
  </message>
  <message>
   <source>Take the kept value out</source>
   <translation>取出所保存的值</translation>
  </message>
  <message>
   <source>Values</source>
   <translation>值</translation>
  </message>
  <message>
   <source>kept in memory only</source>
   <translation>仅保存在内存中</translation>
  </message>
  <message>
   <source>kept in the keyring; type to replace it</source>
   <translation>保存在密钥环中；输入即可替换</translation>
  </message>
  <message>
   <source>kept; type to replace it</source>
   <translation>已保存；输入即可替换</translation>
  </message>
  <message>
   <source>leaves with the next Save</source>
   <translation>下次保存时移除</translation>
  </message>
 </context>
 <context>
  <name>CredentialView</name>
  <message>
   <source>Cancel</source>
   <translation>取消</translation>
  </message>
  <message>
   <source>Credential</source>
   <translation>凭据</translation>
  </message>
  <message>
   <source>Credentials…</source>
   <translation>凭据…</translation>
  </message>
  <message>
   <source>Keep</source>
   <translation>保存</translation>
  </message>
  <message>
   <source>Keep what is typed as…</source>
   <translation>将输入的内容保存为…</translation>
  </message>
  <message>
   <source>Keep what is typed under this name</source>
   <translation>以此名称保存所输入的内容</translation>
  </message>
  <message>
   <source>Name of the new credential</source>
   <translation>新凭据的名称</translation>
  </message>
  <message>
   <source>Typed here</source>
   <translation>在此输入</translation>
  </message>
  <message>
   <source>{name} (not there any more)</source>
   <translation>{name}（已不存在）</translation>
  </message>
 </context>
 <context>
  <name>CredentialsDialog</name>
  <message>
   <source>A credential is a name for a user and a password, a key and its secret, or a token. Add one here, and choose it by its name in a request's Auth sheet or in a workspace.</source>
   <translation>凭据是为用户名和密码、AK 和 SK 或 Token 取的名称。在此添加，然后在请求的“认证”页或工作区中按名称选择。</translation>
  </message>
  <message>
   <source>Credentials</source>
   <translation>凭据</translation>
  </message>
  <message>
   <source>New credential</source>
   <translation>新建凭据</translation>
  </message>
  <message>
   <source>Nothing names it.</source>
   <translation>没有任何内容引用它。</translation>
  </message>
  <message>
   <source>Request {name}</source>
   <translation>请求 {name}</translation>
  </message>
  <message>
   <source>Secret values are kept in the system's keyring and in no file.</source>
   <translation>机密值保存在系统的密钥环中，不写入任何文件。</translation>
  </message>
  <message>
   <source>There is no keyring here: secret values are kept in memory, for this session.</source>
   <translation>这里没有密钥环：机密值仅在本次会话中保存在内存里。</translation>
  </message>
  <message>
   <source>Used by</source>
   <translation>使用位置</translation>
  </message>
  <message>
   <source>Workspace {name}</source>
   <translation>工作区 {name}</translation>
  </message>
  <message>
   <source>and more requests: {count}</source>
   <translation>以及更多请求：{count}</translation>
  </message>
  <message>
   <source>created {created} · {used}</source>
   <translation>创建于 {created} · {used}</translation>
  </message>
 </context>
 <context>
  <name>DeltaView</name>
  <message>
   <source>In all of the {kind}: characters {first} to {last} of {of}</source>
   <translation>在全部{kind}中：第 {first} 至 {last} 个字符，共 {of} 个</translation>
  </message>
  <message>
   <source>It says nothing that this dialect knows.</source>
   <translation>其中没有此方言认识的内容。</translation>
  </message>
  <message>
   <source>Read as {dialect}, {percent} % sure</source>
   <translation>按 {dialect} 解读，{percent} % 确定</translation>
  </message>
  <message>
   <source>What the chosen event says</source>
   <translation>所选事件的含义</translation>
  </message>
  <message>
   <source>Where it stands in the text is not known yet.</source>
   <translation>它在文本中的位置尚未知。</translation>
  </message>
  <message>
   <source>call {call}</source>
   <translation>调用 {call}</translation>
  </message>
  <message>
   <source>choice {number}</source>
   <translation>候选 {number}</translation>
  </message>
  <message>
   <source>function {name}</source>
   <translation>函数 {name}</translation>
  </message>
  <message>
   <source>replaces what came before</source>
   <translation>替换先前的内容</translation>
  </message>
 </context>
 <context>
  <name>DeployDialog</name>
  <message>
   <source>Changes: {changes}</source>
   <translation>更改：{changes}</translation>
  </message>
  <message>
   <source>Deploy a service</source>
   <translation>部署服务</translation>
  </message>
  <message>
   <source>Deploying…</source>
   <translation>正在部署…</translation>
  </message>
  <message>
   <source>No workspace here deploys services: add one of a platform that does.</source>
   <translation>此处没有工作区能部署服务：请添加一个平台支持部署的工作区。</translation>
  </message>
  <message>
   <source>Nothing is changed yet.</source>
   <translation>尚未更改任何内容。</translation>
  </message>
  <message>
   <source>Reading what can be chosen…</source>
   <translation>正在读取可选项…</translation>
  </message>
  <message>
   <source>The JSON is copied.</source>
   <translation>已复制 JSON。</translation>
  </message>
  <message>
   <source>The command line is copied.</source>
   <translation>已复制命令行。</translation>
  </message>
  <message>
   <source>Update {name}</source>
   <translation>更新 {name}</translation>
  </message>
  <message>
   <source>Updating…</source>
   <translation>正在更新…</translation>
  </message>
 </context>
 <context>
  <name>DetailsView</name>
  <message>
   <source>APIs</source>
   <translation>API</translation>
  </message>
  <message>
   <source>Add to the favourites (*)</source>
   <translation>加入收藏（*）</translation>
  </message>
  <message>
   <source>Addresses</source>
   <translation>地址</translation>
  </message>
  <message>
   <source>Authentication</source>
   <translation>认证</translation>
  </message>
  <message>
   <source>Being read…</source>
   <translation>正在读取…</translation>
  </message>
  <message>
   <source>Body: {size}</source>
   <translation>正文：{size}</translation>
  </message>
  <message>
   <source>Close the details (F4)</source>
   <translation>关闭详情（F4）</translation>
  </message>
  <message>
   <source>Copy the address {channel}</source>
   <translation>复制地址“{channel}”</translation>
  </message>
  <message>
   <source>Copy the id</source>
   <translation>复制 ID</translation>
  </message>
  <message>
   <source>Details of the service</source>
   <translation>服务详情</translation>
  </message>
  <message>
   <source>Events</source>
   <translation>事件</translation>
  </message>
  <message>
   <source>Id</source>
   <translation>ID</translation>
  </message>
  <message>
   <source>Limits</source>
   <translation>限制</translation>
  </message>
  <message>
   <source>Manage the service</source>
   <translation>管理服务</translation>
  </message>
  <message>
   <source>None</source>
   <translation>无</translation>
  </message>
  <message>
   <source>Open the access matrix of its workspace</source>
   <translation>打开其工作区的访问矩阵</translation>
  </message>
  <message>
   <source>Protocols</source>
   <translation>协议</translation>
  </message>
  <message>
   <source>Rate: {rate}</source>
   <translation>速率：{rate}</translation>
  </message>
  <message>
   <source>Remove from the favourites (*)</source>
   <translation>移出收藏（*）</translation>
  </message>
  <message>
   <source>Tags</source>
   <translation>标签</translation>
  </message>
  <message>
   <source>Time: {seconds} s</source>
   <translation>时间：{seconds} 秒</translation>
  </message>
  <message>
   <source>any</source>
   <translation>任意</translation>
  </message>
  <message>
   <source>for Apps</source>
   <translation>用于 App</translation>
  </message>
 </context>
 <context>
  <name>DiffView</name>
  <message>
   <source>Both say the same.</source>
   <translation>两者含义相同。</translation>
  </message>
  <message>
   <source>Both texts, differences marked</source>
   <translation>两个文本，标出差异</translation>
  </message>
  <message>
   <source>Changes in a part: {count}</source>
   <translation>部分内容的更改：{count}</translation>
  </message>
  <message>
   <source>Changes: {count}</source>
   <translation>更改：{count}</translation>
  </message>
  <message>
   <source>Compare with</source>
   <translation>比较对象</translation>
  </message>
  <message>
   <source>Difference before (Shift+F3)</source>
   <translation>上一处差异（Shift+F3）</translation>
  </message>
  <message>
   <source>Difference {number} of {count}</source>
   <translation>第 {number} 处差异，共 {count} 处</translation>
  </message>
  <message>
   <source>Marked: {words}</source>
   <translation>已标记：{words}</translation>
  </message>
  <message>
   <source>Next difference (F3)</source>
   <translation>下一处差异（F3）</translation>
  </message>
  <message>
   <source>Show both beside each other</source>
   <translation>并排显示两者</translation>
  </message>
  <message>
   <source>Side by side</source>
   <translation>并排</translation>
  </message>
  <message>
   <source>Text of A</source>
   <translation>A 的文本</translation>
  </message>
  <message>
   <source>Text of B</source>
   <translation>B 的文本</translation>
  </message>
  <message>
   <source>The chosen event</source>
   <translation>所选事件</translation>
  </message>
  <message>
   <source>The difference</source>
   <translation>差异</translation>
  </message>
  <message>
   <source>The one before of its kind</source>
   <translation>上一个同类事件</translation>
  </message>
  <message>
   <source>The one looked at before</source>
   <translation>先前查看的事件</translation>
  </message>
  <message>
   <source>The other event</source>
   <translation>另一个事件</translation>
  </message>
  <message>
   <source>The other event cannot be read any more: {reason}</source>
   <translation>已无法读取另一个事件：{reason}</translation>
  </message>
  <message>
   <source>The same</source>
   <translation>相同</translation>
  </message>
  <message>
   <source>There is nothing to compare it with: mark another event.</source>
   <translation>没有可比较的对象：请标记另一个事件。</translation>
  </message>
  <message>
   <source>What was compared of them is the same; they are too long to be compared as a whole.</source>
   <translation>已比较的部分相同；它们过长，无法整体比较。</translation>
  </message>
  <message>
   <source>… and more that differ: {count} …</source>
   <translation>… 其他差异：{count} …</translation>
  </message>
  <message>
   <source>… lines alike: {count} …</source>
   <translation>… 相同的行：{count} …</translation>
  </message>
 </context>
 <context>
  <name>DraftTabs</name>
  <message>
   <source>Close</source>
   <translation>关闭</translation>
  </message>
  <message>
   <source>Close the others</source>
   <translation>关闭其他</translation>
  </message>
  <message>
   <source>Close this request (Ctrl+W)</source>
   <translation>关闭此请求（Ctrl+W）</translation>
  </message>
  <message>
   <source>Duplicate</source>
   <translation>复制一份</translation>
  </message>
  <message>
   <source>New request</source>
   <translation>新建请求</translation>
  </message>
  <message>
   <source>New request (Ctrl+N)</source>
   <translation>新建请求（Ctrl+N）</translation>
  </message>
  <message>
   <source>Open requests</source>
   <translation>打开的请求</translation>
  </message>
  <message>
   <source>{name}: changed, not saved</source>
   <translation>{name}：已更改，未保存</translation>
  </message>
 </context>
 <context>
  <name>EmptyMatrixView</name>
  <message>
   <source>Ctrl+Return</source>
   <translation>Ctrl+Return</translation>
  </message>
  <message>
   <source>Each authentication over each channel and protocol: called once, side by side, with its status and the time to its first byte.</source>
   <translation>每种认证经每条通道和协议各调用一次，并排显示状态和首字节时间。</translation>
  </message>
  <message>
   <source>Esc</source>
   <translation>Esc</translation>
  </message>
  <message>
   <source>Return</source>
   <translation>Return</translation>
  </message>
  <message>
   <source>Which ways in are open?</source>
   <translation>哪些入口可用？</translation>
  </message>
  <message>
   <source>call every combination</source>
   <translation>调用每一种组合</translation>
  </message>
  <message>
   <source>open the exchange of a cell</source>
   <translation>打开单元格的交换</translation>
  </message>
  <message>
   <source>stop; what came stays</source>
   <translation>停止；已到达的内容保留</translation>
  </message>
 </context>
 <context>
  <name>EmptyView</name>
  <message>
   <source>Choose how to prove who you are, which way to go and how to talk; then send.</source>
   <translation>选择如何证明身份、走哪条通道、用什么协议，然后发送。</translation>
  </message>
  <message>
   <source>Ctrl+L</source>
   <translation>Ctrl+L</translation>
  </message>
  <message>
   <source>Ctrl+M</source>
   <translation>Ctrl+M</translation>
  </message>
  <message>
   <source>Ctrl+Return</source>
   <translation>Ctrl+Return</translation>
  </message>
  <message>
   <source>Esc</source>
   <translation>Esc</translation>
  </message>
  <message>
   <source>F5</source>
   <translation>F5</translation>
  </message>
  <message>
   <source>Nothing was sent yet</source>
   <translation>尚未发送任何内容</translation>
  </message>
  <message>
   <source>go to the address</source>
   <translation>转到地址栏</translation>
  </message>
  <message>
   <source>read the services again</source>
   <translation>重新读取服务</translation>
  </message>
  <message>
   <source>send, and watch the answer come in</source>
   <translation>发送，并观看响应到达</translation>
  </message>
  <message>
   <source>stop</source>
   <translation>停止</translation>
  </message>
  <message>
   <source>try every combination: the access matrix</source>
   <translation>尝试每一种组合：访问矩阵</translation>
  </message>
 </context>
 <context>
  <name>EnvironmentChoice</name>
  <message>
   <source>Edit environments…</source>
   <translation>编辑环境…</translation>
  </message>
  <message>
   <source>Environment</source>
   <translation>环境</translation>
  </message>
  <message>
   <source>Environment: where {{variables}} get their values from</source>
   <translation>环境：{{variables}} 的值取自这里</translation>
  </message>
  <message>
   <source>No environment</source>
   <translation>无环境</translation>
  </message>
 </context>
 <context>
  <name>EnvironmentForm</name>
  <message>
   <source>A variable stands between double braces: {example} in an address, a header, a body or a message is replaced by its value when the request is sent. Switch &lt;i&gt;Secret&lt;/i&gt; on for keys and passwords: their values go into the keyring, and only their names into a file.</source>
   <translation>变量写在双花括号中：地址、头部、正文或消息里的 {example} 在请求发送时替换为它的值。密钥和密码请打开&lt;i&gt;机密&lt;/i&gt;：它们的值存入密钥环，文件中只保存名称。</translation>
  </message>
  <message>
   <source>Add variable</source>
   <translation>添加变量</translation>
  </message>
  <message>
   <source>Close</source>
   <translation>关闭</translation>
  </message>
  <message>
   <source>Import .env…</source>
   <translation>导入 .env…</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>名称</translation>
  </message>
  <message>
   <source>Name of the environment</source>
   <translation>环境名称</translation>
  </message>
  <message>
   <source>Paste lines NAME=VALUE</source>
   <translation>粘贴 NAME=VALUE 形式的行</translation>
  </message>
 </context>
 <context>
  <name>EnvironmentsDialog</name>
  <message>
   <source>'{name}' was deleted.</source>
   <translation>“{name}”已删除。</translation>
  </message>
  <message>
   <source>Always in force, where nothing nearer gives a value.</source>
   <translation>在没有更近的值时始终生效。</translation>
  </message>
  <message>
   <source>Delete</source>
   <translation>删除</translation>
  </message>
  <message>
   <source>Duplicate</source>
   <translation>复制一份</translation>
  </message>
  <message>
   <source>Environments</source>
   <translation>环境</translation>
  </message>
  <message>
   <source>Globals</source>
   <translation>全局</translation>
  </message>
  <message>
   <source>In force for all drafts of this collection, kept in its folder.</source>
   <translation>对此集合的所有请求生效，保存在其文件夹中。</translation>
  </message>
  <message>
   <source>New environment</source>
   <translation>新建环境</translation>
  </message>
  <message>
   <source>There is no keyring here: the values of secrets are kept in memory until the program ends.</source>
   <translation>这里没有密钥环：机密的值保存在内存中，直到程序结束。</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>撤销</translation>
  </message>
  <message>
   <source>{folder} (shared)</source>
   <translation>{folder}（共享）</translation>
  </message>
  <message>
   <source>{name} ({folder})</source>
   <translation>{name}（{folder}）</translation>
  </message>
  <message>
   <source>{name} copy</source>
   <translation>{name} 副本</translation>
  </message>
 </context>
 <context>
  <name>EventDetailView</name>
  <message>
   <source>Choose an event to see all of it.</source>
   <translation>选择一个事件以查看其全部内容。</translation>
  </message>
  <message>
   <source>Copy…</source>
   <translation>复制…</translation>
  </message>
  <message>
   <source>Save the payload as…</source>
   <translation>载荷另存为…</translation>
  </message>
  <message>
   <source>This event cannot be read any more</source>
   <translation>已无法读取此事件</translation>
  </message>
  <message>
   <source>This event cannot be read any more: {reason}</source>
   <translation>已无法读取此事件：{reason}</translation>
  </message>
  <message>
   <source>This event has no content.</source>
   <translation>此事件没有内容。</translation>
  </message>
 </context>
 <context>
  <name>EventsModel</name>
  <message>
   <source>marked</source>
   <translation>已标记</translation>
  </message>
  <message>
   <source>received</source>
   <translation>收到</translation>
  </message>
  <message>
   <source>sent</source>
   <translation>发送</translation>
  </message>
 </context>
 <context>
  <name>EventsTableView</name>
  <message>
   <source>Events</source>
   <translation>事件</translation>
  </message>
  <message>
   <source>Go to the newest event</source>
   <translation>转到最新的事件</translation>
  </message>
  <message>
   <source>{count} new ↓</source>
   <translation>{count} 条新事件 ↓</translation>
  </message>
 </context>
 <context>
  <name>EventsView</name>
  <message>
   <source>All</source>
   <translation>全部</translation>
  </message>
  <message>
   <source>Errors</source>
   <translation>错误</translation>
  </message>
  <message>
   <source>Event {number} is not among those shown</source>
   <translation>事件 {number} 不在所示事件中</translation>
  </message>
  <message>
   <source>Events appear here as they come.</source>
   <translation>事件到达时显示在这里。</translation>
  </message>
  <message>
   <source>Events: {count}</source>
   <translation>事件：{count}</translation>
  </message>
  <message>
   <source>Evidence: {count}</source>
   <translation>依据：{count}</translation>
  </message>
  <message>
   <source>Filter the events</source>
   <translation>筛选事件</translation>
  </message>
  <message>
   <source>It cannot be sorted: {why}</source>
   <translation>无法排序：{why}</translation>
  </message>
  <message>
   <source>No event is of the kinds that are shown.</source>
   <translation>没有属于所显示类型的事件。</translation>
  </message>
  <message>
   <source>No event matches. Esc in the filter clears it.</source>
   <translation>没有匹配的事件。在筛选框中按 Esc 可清除筛选。</translation>
  </message>
  <message>
   <source>Nothing happened yet, or the platform keeps no events so long.</source>
   <translation>尚未发生任何事件，或平台没有保留那么久的事件。</translation>
  </message>
  <message>
   <source>Point nothing out any more</source>
   <translation>不再突出显示</translation>
  </message>
  <message>
   <source>Severity</source>
   <translation>严重程度</translation>
  </message>
  <message>
   <source>Show all times again</source>
   <translation>重新显示全部时间</translation>
  </message>
  <message>
   <source>The events that were pointed out are not among those shown</source>
   <translation>所指的事件不在所示事件中</translation>
  </message>
  <message>
   <source>The record cannot be read: {why}</source>
   <translation>无法读取记录：{why}</translation>
  </message>
  <message>
   <source>The whole event</source>
   <translation>完整的事件</translation>
  </message>
  <message>
   <source>Warnings and errors</source>
   <translation>警告和错误</translation>
  </message>
  <message>
   <source>hit {n} of {count}</source>
   <translation>第 {n} 个匹配，共 {count} 个</translation>
  </message>
  <message>
   <source>hits: {count}</source>
   <translation>匹配：{count}</translation>
  </message>
  <message>
   <source>searching, {n} %</source>
   <translation>正在搜索，{n} %</translation>
  </message>
  <message>
   <source>sorted; {count} new follow</source>
   <translation>已排序；其后有 {count} 个新事件</translation>
  </message>
  <message>
   <source>sorting…</source>
   <translation>正在排序…</translation>
  </message>
  <message>
   <source>{shown} of {all}</source>
   <translation>{shown} / {all}</translation>
  </message>
  <message>
   <source>{shown} of {all} events</source>
   <translation>{all} 个事件中的 {shown} 个</translation>
  </message>
 </context>
 <context>
  <name>ExchangeView</name>
  <message>
   <source>The body of the refusal:</source>
   <translation>拒绝响应的正文：</translation>
  </message>
  <message>
   <source>Trust this certificate for this workspace</source>
   <translation>为此工作区信任该证书</translation>
  </message>
  <message>
   <source>Views of the exchange</source>
   <translation>交换的各个视图</translation>
  </message>
 </context>
 <context>
  <name>ExplainDialog</name>
  <message>
   <source>What the authentication does</source>
   <translation>认证的作用</translation>
  </message>
 </context>
 <context>
  <name>ExplainView</name>
  <message>
   <source>A token will be fetched when this is sent.</source>
   <translation>发送时会获取 Token。</translation>
  </message>
  <message>
   <source>Copy</source>
   <translation>复制</translation>
  </message>
  <message>
   <source>Fetch it now</source>
   <translation>立即获取</translation>
  </message>
  <message>
   <source>Look again</source>
   <translation>重新查看</translation>
  </message>
  <message>
   <source>Until then a placeholder stands for it here.</source>
   <translation>在此之前，这里以占位符代替。</translation>
  </message>
  <message>
   <source>What the authentication does, line by line</source>
   <translation>认证的作用，逐行说明</translation>
  </message>
 </context>
 <context>
  <name>FactsView</name>
  <message>
   <source>Show the events in question</source>
   <translation>显示相关事件</translation>
  </message>
  <message>
   <source>The chosen event</source>
   <translation>所选事件</translation>
  </message>
 </context>
 <context>
  <name>FileEditor</name>
  <message>
   <source>Choose a file for {field}</source>
   <translation>为“{field}”选择文件</translation>
  </message>
  <message>
   <source>There is no such file.</source>
   <translation>没有这个文件。</translation>
  </message>
  <message>
   <source>This is a folder.</source>
   <translation>这是文件夹。</translation>
  </message>
 </context>
 <context>
  <name>FileView</name>
  <message>
   <source>Choose a file</source>
   <translation>选择文件</translation>
  </message>
  <message>
   <source>Choose…</source>
   <translation>选择…</translation>
  </message>
  <message>
   <source>Drop a file here, or choose one.</source>
   <translation>将文件拖到此处，或选择一个文件。</translation>
  </message>
  <message>
   <source>File to send</source>
   <translation>要发送的文件</translation>
  </message>
  <message>
   <source>Larger than the 12 MB that a signed request may carry.</source>
   <translation>超过了签名请求可携带的 12 MB。</translation>
  </message>
  <message>
   <source>Path of a file</source>
   <translation>文件路径</translation>
  </message>
  <message>
   <source>This file cannot be read: {why}. The path is kept.</source>
   <translation>无法读取此文件：{why}。路径已保留。</translation>
  </message>
  <message>
   <source>{size}, changed {when}</source>
   <translation>{size}，更改于 {when}</translation>
  </message>
 </context>
 <context>
  <name>FilterEdit</name>
  <message>
   <source>Filter of the events</source>
   <translation>事件的筛选条件</translation>
  </message>
  <message>
   <source>Filter: error  kind:message  size&gt;1k  t&gt;2s  data~"err.r"</source>
   <translation>筛选：error  kind:message  size&gt;1k  t&gt;2s  data~"err.r"</translation>
  </message>
  <message>
   <source>Words are looked for in what events hold; small letters find capitals, too.
Ctrl+Space offers fields, Up and Down bring back filters of before.</source>
   <translation>在事件内容中查找所输入的词；小写字母也匹配大写。
按 Ctrl+Space 列出字段，按 Up 和 Down 找回先前的筛选条件。</translation>
  </message>
 </context>
 <context>
  <name>FilterView</name>
  <message>
   <source>All but reads and phases</source>
   <translation>除读取和阶段以外的全部</translation>
  </message>
  <message>
   <source>All but socket reads</source>
   <translation>除套接字读取以外的全部</translation>
  </message>
  <message>
   <source>Everything</source>
   <translation>全部</translation>
  </message>
  <message>
   <source>Messages only</source>
   <translation>仅消息</translation>
  </message>
  <message>
   <source>Next hit (F3)</source>
   <translation>下一个匹配（F3）</translation>
  </message>
  <message>
   <source>Previous hit (Shift+F3)</source>
   <translation>上一个匹配（Shift+F3）</translation>
  </message>
  <message>
   <source>Regular expression</source>
   <translation>正则表达式</translation>
  </message>
  <message>
   <source>Show only what matches; otherwise it is highlighted</source>
   <translation>只显示匹配项；否则将其突出显示</translation>
  </message>
  <message>
   <source>Take what is typed as one regular expression</source>
   <translation>将输入的内容作为一个正则表达式</translation>
  </message>
  <message>
   <source>Which events are shown</source>
   <translation>显示哪些事件</translation>
  </message>
 </context>
 <context>
  <name>FindView</name>
  <message>
   <source>All</source>
   <translation>全部</translation>
  </message>
  <message>
   <source>Close (Esc)</source>
   <translation>关闭（Esc）</translation>
  </message>
  <message>
   <source>Find</source>
   <translation>查找</translation>
  </message>
  <message>
   <source>Find in the text</source>
   <translation>在文本中查找</translation>
  </message>
  <message>
   <source>Match case</source>
   <translation>区分大小写</translation>
  </message>
  <message>
   <source>Next (F3)</source>
   <translation>下一个（F3）</translation>
  </message>
  <message>
   <source>None</source>
   <translation>无</translation>
  </message>
  <message>
   <source>Not a pattern</source>
   <translation>不是有效的模式</translation>
  </message>
  <message>
   <source>Previous (Shift+F3)</source>
   <translation>上一个（Shift+F3）</translation>
  </message>
  <message>
   <source>Regular expression</source>
   <translation>正则表达式</translation>
  </message>
  <message>
   <source>Replace</source>
   <translation>替换</translation>
  </message>
  <message>
   <source>Replace all</source>
   <translation>全部替换</translation>
  </message>
  <message>
   <source>Replace all, as one step to undo</source>
   <translation>全部替换，一步即可撤销</translation>
  </message>
  <message>
   <source>Replace this one</source>
   <translation>替换此处</translation>
  </message>
  <message>
   <source>Searching…</source>
   <translation>正在搜索…</translation>
  </message>
  <message>
   <source>Tried too often without an end</source>
   <translation>尝试次数过多，没有结果</translation>
  </message>
  <message>
   <source>Whole words</source>
   <translation>全字匹配</translation>
  </message>
  <message>
   <source>{count} replaced</source>
   <translation>已替换 {count} 处</translation>
  </message>
  <message>
   <source>{number} of {count}</source>
   <translation>第 {number} 处，共 {count} 处</translation>
  </message>
 </context>
 <context>
  <name>FindingListView</name>
  <message>
   <source>Copy</source>
   <translation>复制</translation>
  </message>
  <message>
   <source>Findings</source>
   <translation>发现</translation>
  </message>
  <message>
   <source>Show its events</source>
   <translation>显示其事件</translation>
  </message>
 </context>
 <context>
  <name>FindingsView</name>
  <message>
   <source>Copy all findings</source>
   <translation>复制所有发现</translation>
  </message>
  <message>
   <source>Findings: {count}</source>
   <translation>发现：{count}</translation>
  </message>
  <message>
   <source>Nothing unusual so far. {count} rules watch connection, syntax, order, pace and end.</source>
   <translation>目前没有异常。{count} 条规则监视连接、语法、顺序、速度和结束。</translation>
  </message>
  <message>
   <source>Nothing unusual. {count} rules watched connection, syntax, order, pace and end.</source>
   <translation>没有异常。{count} 条规则监视了连接、语法、顺序、速度和结束。</translation>
  </message>
  <message>
   <source>errors: {count}</source>
   <translation>错误：{count}</translation>
  </message>
  <message>
   <source>warnings: {count}</source>
   <translation>警告：{count}</translation>
  </message>
 </context>
 <context>
  <name>FoldView</name>
  <message>
   <source>{count} characters</source>
   <translation>{count} 个字符</translation>
  </message>
 </context>
 <context>
  <name>FootView</name>
  <message>
   <source>Close</source>
   <translation>关闭</translation>
  </message>
  <message>
   <source>Copy as JSON</source>
   <translation>复制为 JSON</translation>
  </message>
  <message>
   <source>Copy as a command line</source>
   <translation>复制为命令行</translation>
  </message>
  <message>
   <source>Deploy</source>
   <translation>部署</translation>
  </message>
  <message>
   <source>Deploy ({count} open)</source>
   <translation>部署（{count} 项待填）</translation>
  </message>
  <message>
   <source>Read again what can be chosen (F5)</source>
   <translation>重新读取可选项（F5）</translation>
  </message>
  <message>
   <source>Start afresh</source>
   <translation>重新开始</translation>
  </message>
  <message>
   <source>Update</source>
   <translation>更新</translation>
  </message>
  <message>
   <source>Update ({count} open)</source>
   <translation>更新（{count} 项待填）</translation>
  </message>
  <message>
   <source>What will be made</source>
   <translation>将要创建的内容</translation>
  </message>
  <message>
   <source>{action} (Ctrl+Enter)</source>
   <translation>{action}（Ctrl+Enter）</translation>
  </message>
 </context>
 <context>
  <name>Form</name>
  <message>
   <source>This is needed.</source>
   <translation>此项必填。</translation>
  </message>
  <message>
   <source>{label} *</source>
   <translation>{label} *</translation>
  </message>
 </context>
 <context>
  <name>GivenView</name>
  <message>
   <source>API key</source>
   <translation>API Key</translation>
  </message>
  <message>
   <source>Done</source>
   <translation>完成</translation>
  </message>
  <message>
   <source>It is the credential {name} now, in memory for this session only: copy it to a safe place.</source>
   <translation>它现在是凭据 {name}，仅在本次会话中保存在内存里：请将其复制到安全的地方。</translation>
  </message>
  <message>
   <source>It is the credential {name} now, kept in the keyring.</source>
   <translation>它现在是凭据 {name}，保存在密钥环中。</translation>
  </message>
  <message>
   <source>Keep it</source>
   <translation>保存</translation>
  </message>
  <message>
   <source>Keeping it…</source>
   <translation>正在保存…</translation>
  </message>
  <message>
   <source>The platform never tells it again.</source>
   <translation>平台不会再次给出它。</translation>
  </message>
  <message>
   <source>The value of {name}</source>
   <translation>{name} 的值</translation>
  </message>
 </context>
 <context>
  <name>Handing</name>
  <message>
   <source>All files (*)</source>
   <translation>所有文件 (*)</translation>
  </message>
  <message>
   <source>All of them</source>
   <translation>全部</translation>
  </message>
  <message>
   <source>Export workspaces, without secrets</source>
   <translation>导出工作区（不含机密）</translation>
  </message>
  <message>
   <source>Exported to {path}.</source>
   <translation>已导出到 {path}。</translation>
  </message>
  <message>
   <source>Import workspaces from a file</source>
   <translation>从文件导入工作区</translation>
  </message>
  <message>
   <source>This one: {name}</source>
   <translation>此工作区：{name}</translation>
  </message>
  <message>
   <source>Type the secrets of these credentials: {names}</source>
   <translation>请输入这些凭据的机密：{names}</translation>
  </message>
  <message>
   <source>Workspaces (*.toml)</source>
   <translation>工作区 (*.toml)</translation>
  </message>
  <message>
   <source>Workspaces imported: {count}</source>
   <translation>已导入的工作区：{count}</translation>
  </message>
 </context>
 <context>
  <name>HeaderView</name>
  <message>
   <source>Elapsed</source>
   <translation>已用时间</translation>
  </message>
  <message>
   <source>First byte</source>
   <translation>首字节</translation>
  </message>
  <message>
   <source>First token</source>
   <translation>首个 token</translation>
  </message>
  <message>
   <source>Go on</source>
   <translation>继续</translation>
  </message>
  <message>
   <source>Let the views stand still; the recording goes on</source>
   <translation>视图静止；记录继续进行</translation>
  </message>
  <message>
   <source>Live</source>
   <translation>实时</translation>
  </message>
  <message>
   <source>Messages</source>
   <translation>消息</translation>
  </message>
  <message>
   <source>More to do with this exchange</source>
   <translation>此交换的更多操作</translation>
  </message>
  <message>
   <source>Paused: {count} more events are recorded</source>
   <translation>已暂停：又记录了 {count} 个事件</translation>
  </message>
  <message>
   <source>Received</source>
   <translation>已接收</translation>
  </message>
  <message>
   <source>Send again</source>
   <translation>再次发送</translation>
  </message>
  <message>
   <source>Status</source>
   <translation>状态</translation>
  </message>
  <message>
   <source>Waiting</source>
   <translation>等待</translation>
  </message>
  <message>
   <source>closed by the server</source>
   <translation>由服务器关闭</translation>
  </message>
  <message>
   <source>closed from here</source>
   <translation>由本端关闭</translation>
  </message>
  <message>
   <source>stopped by you</source>
   <translation>由您停止</translation>
  </message>
  <message>
   <source>the connection was lost</source>
   <translation>连接已丢失</translation>
  </message>
  <message>
   <source>{phase}, {seconds} s of {limit} s</source>
   <translation>{phase}，{seconds} 秒 / {limit} 秒</translation>
  </message>
  <message>
   <source>{received} in · {sent} out</source>
   <translation>收 {received} · 发 {sent}</translation>
  </message>
 </context>
 <context>
  <name>HeadersForm</name>
  <message>
   <source>Added by itself: {count}</source>
   <translation>自动添加：{count}</translation>
  </message>
  <message>
   <source>Header</source>
   <translation>头部</translation>
  </message>
  <message>
   <source>Headers</source>
   <translation>头部</translation>
  </message>
  <message>
   <source>Value</source>
   <translation>值</translation>
  </message>
  <message>
   <source>name</source>
   <translation>名称</translation>
  </message>
  <message>
   <source>value</source>
   <translation>值</translation>
  </message>
 </context>
 <context>
  <name>HeadersView</name>
  <message>
   <source>Answer</source>
   <translation>响应</translation>
  </message>
  <message>
   <source>By name</source>
   <translation>按名称</translation>
  </message>
  <message>
   <source>Copy all</source>
   <translation>全部复制</translation>
  </message>
  <message>
   <source>Copy as options of curl</source>
   <translation>复制为 curl 选项</translation>
  </message>
  <message>
   <source>Filter names and values</source>
   <translation>筛选名称和值</translation>
  </message>
  <message>
   <source>Headers</source>
   <translation>头部</translation>
  </message>
  <message>
   <source>Interim answer</source>
   <translation>临时响应</translation>
  </message>
  <message>
   <source>Masked: it left as it is; recordings do not hold it.</source>
   <translation>已遮盖：发出的是原值；记录中不含它。</translation>
  </message>
  <message>
   <source>Masked: the recording holds it, views do not show it.</source>
   <translation>已遮盖：记录中含有它，视图不显示。</translation>
  </message>
  <message>
   <source>No header has that.</source>
   <translation>没有匹配的头部。</translation>
  </message>
  <message>
   <source>Nothing was sent so far.</source>
   <translation>尚未发送任何内容。</translation>
  </message>
  <message>
   <source>Request</source>
   <translation>请求</translation>
  </message>
  <message>
   <source>Request, attempt {number}</source>
   <translation>请求，第 {number} 次尝试</translation>
  </message>
  <message>
   <source>Sort by name instead of as received</source>
   <translation>按名称而非接收顺序排序</translation>
  </message>
  <message>
   <source>Trailers</source>
   <translation>尾部字段</translation>
  </message>
  <message>
   <source>behind the body</source>
   <translation>正文之后</translation>
  </message>
  <message>
   <source>found: {count}</source>
   <translation>找到：{count}</translation>
  </message>
  <message>
   <source>headers: {count}</source>
   <translation>头部：{count}</translation>
  </message>
 </context>
 <context>
  <name>Hints</name>
  <message>
   <source>The sandbox knows its own secrets; what is typed here is sent instead.</source>
   <translation>沙箱知道自己的机密；此处输入的内容会代替它发送。</translation>
  </message>
  <message>
   <source>filled in by the sandbox</source>
   <translation>由沙箱填写</translation>
  </message>
  <message>
   <source>kept in the keyring</source>
   <translation>保存在密钥环中</translation>
  </message>
 </context>
 <context>
  <name>HistoryPane</name>
  <message>
   <source>Compare</source>
   <translation>比较</translation>
  </message>
  <message>
   <source>Compose again</source>
   <translation>再次编辑</translation>
  </message>
  <message>
   <source>Delete</source>
   <translation>删除</translation>
  </message>
  <message>
   <source>Every exchange is recorded and listed here by day, to be looked at or sent again.</source>
   <translation>每次交换都会被记录，并按日期列在这里，可以查看或再次发送。</translation>
  </message>
  <message>
   <source>Filter</source>
   <translation>筛选</translation>
  </message>
  <message>
   <source>Filter the history</source>
   <translation>筛选历史</translation>
  </message>
  <message>
   <source>History</source>
   <translation>历史</translation>
  </message>
  <message>
   <source>Nothing matches.</source>
   <translation>没有匹配项。</translation>
  </message>
  <message>
   <source>Nothing was sent yet</source>
   <translation>尚未发送任何内容</translation>
  </message>
  <message>
   <source>Open</source>
   <translation>打开</translation>
  </message>
  <message>
   <source>Past exchanges</source>
   <translation>过去的交换</translation>
  </message>
  <message>
   <source>Send again</source>
   <translation>再次发送</translation>
  </message>
 </context>
 <context>
  <name>ImportDialog</name>
  <message>
   <source>Cancel</source>
   <translation>取消</translation>
  </message>
  <message>
   <source>Import</source>
   <translation>导入</translation>
  </message>
  <message>
   <source>Import variables</source>
   <translation>导入变量</translation>
  </message>
  <message>
   <source>Lines NAME=VALUE</source>
   <translation>NAME=VALUE 形式的行</translation>
  </message>
  <message>
   <source>Paste the lines of a .env file. Keys and passwords become secrets.</source>
   <translation>请粘贴 .env 文件的行。密钥和密码会作为机密保存。</translation>
  </message>
  <message>
   <source>Variables: {count}, secret: {secret}</source>
   <translation>变量：{count}，机密：{secret}</translation>
  </message>
 </context>
 <context>
  <name>InstancesView</name>
  <message>
   <source>Choose an instance in the table.</source>
   <translation>请在表中选择一个实例。</translation>
  </message>
  <message>
   <source>No instance is there: the service does not run, or the platform tells of none.</source>
   <translation>没有实例：服务没有运行，或平台没有给出实例。</translation>
  </message>
  <message>
   <source>{running} of {all} run</source>
   <translation>{running} / {all} 运行中</translation>
  </message>
 </context>
 <context>
  <name>JsonTreeView</name>
  <message>
   <source>Close all beneath (/)</source>
   <translation>全部折叠其下内容（/）</translation>
  </message>
  <message>
   <source>Copy as JSON</source>
   <translation>复制为 JSON</translation>
  </message>
  <message>
   <source>Copy name</source>
   <translation>复制名称</translation>
  </message>
  <message>
   <source>Copy path (JSONPath)</source>
   <translation>复制路径（JSONPath）</translation>
  </message>
  <message>
   <source>Copy path (jq)</source>
   <translation>复制路径（jq）</translation>
  </message>
  <message>
   <source>Copy value</source>
   <translation>复制值</translation>
  </message>
  <message>
   <source>Open all beneath (*)</source>
   <translation>全部展开其下内容（*）</translation>
  </message>
  <message>
   <source>Show all of it</source>
   <translation>显示全部</translation>
  </message>
  <message>
   <source>Show the JSON in it</source>
   <translation>显示其中的 JSON</translation>
  </message>
  <message>
   <source>The chosen event as a tree</source>
   <translation>所选事件的树形内容</translation>
  </message>
 </context>
 <context>
  <name>KeyringView</name>
  <message>
   <source>Stop</source>
   <translation>停止</translation>
  </message>
  <message>
   <source>Stop waiting for the keyring</source>
   <translation>停止等待密钥环</translation>
  </message>
  <message>
   <source>Waiting for the keyring… It may ask you to unlock it in a window of its own.</source>
   <translation>正在等待密钥环… 它可能会在自己的窗口中请您解锁。</translation>
  </message>
 </context>
 <context>
  <name>KeysDialog</name>
  <message>
   <source>A whole number from 1 to 24.</source>
   <translation>1 到 24 的整数。</translation>
  </message>
  <message>
   <source>API keys</source>
   <translation>API Key</translation>
  </message>
  <message>
   <source>Close all the same</source>
   <translation>仍然关闭</translation>
  </message>
  <message>
   <source>Create</source>
   <translation>创建</translation>
  </message>
  <message>
   <source>Created</source>
   <translation>创建时间</translation>
  </message>
  <message>
   <source>Creating a key for some hours…</source>
   <translation>正在创建数小时有效的 API Key…</translation>
  </message>
  <message>
   <source>Creating {name}…</source>
   <translation>正在创建 {name}…</translation>
  </message>
  <message>
   <source>Delete</source>
   <translation>删除</translation>
  </message>
  <message>
   <source>Delete the API key {name}?</source>
   <translation>删除 API Key {name}？</translation>
  </message>
  <message>
   <source>Deleting {name}…</source>
   <translation>正在删除 {name}…</translation>
  </message>
  <message>
   <source>Description</source>
   <translation>描述</translation>
  </message>
  <message>
   <source>Expires</source>
   <translation>到期时间</translation>
  </message>
  <message>
   <source>Id</source>
   <translation>ID</translation>
  </message>
  <message>
   <source>Lets into</source>
   <translation>可访问</translation>
  </message>
  <message>
   <source>New API key</source>
   <translation>新建 API Key</translation>
  </message>
  <message>
   <source>No workspace here has API keys: add one of a platform that has.</source>
   <translation>此处没有工作区带有 API Key：请添加一个平台支持它的工作区。</translation>
  </message>
  <message>
   <source>Reading the API keys…</source>
   <translation>正在读取 API Key…</translation>
  </message>
  <message>
   <source>The platform never tells it again: copy it, or keep it, before it is gone.</source>
   <translation>平台不会再次给出它：请在它消失之前复制或保存。</translation>
  </message>
  <message>
   <source>The platform tells a key's value once, when it is made. It is kept at once, as a credential.</source>
   <translation>平台只在创建时给出一次 API Key 的值。该值会立即保存为凭据。</translation>
  </message>
  <message>
   <source>The value goes into the system's keyring, and into no file.</source>
   <translation>该值存入系统的密钥环，不写入任何文件。</translation>
  </message>
  <message>
   <source>The value of this key is kept nowhere.</source>
   <translation>此 API Key 的值没有保存在任何地方。</translation>
  </message>
  <message>
   <source>There is no keyring here: the value is kept in memory, for this session. Copy it to a safe place once it is made.</source>
   <translation>此处没有密钥环：该值在本次会话中保存在内存里。创建后请将其复制到安全的地方。</translation>
  </message>
  <message>
   <source>Value</source>
   <translation>值</translation>
  </message>
  <message>
   <source>Who calls with it is refused at once.</source>
   <translation>使用它的调用方会立即被拒绝。</translation>
  </message>
  <message>
   <source>Who calls with it is refused at once: {services}.</source>
   <translation>使用它的调用方会立即被拒绝：{services}。</translation>
  </message>
  <message>
   <source>bound to no service</source>
   <translation>没有绑定服务</translation>
  </message>
  <message>
   <source>every service of this account</source>
   <translation>此账号的所有服务</translation>
  </message>
  <message>
   <source>never</source>
   <translation>永不</translation>
  </message>
  <message>
   <source>temporary key</source>
   <translation>临时 API Key</translation>
  </message>
  <message>
   <source>told once, when it was made</source>
   <translation>仅在创建时给出过一次</translation>
  </message>
 </context>
 <context>
  <name>LaneView</name>
  <message>
   <source>Copy</source>
   <translation>复制</translation>
  </message>
  <message>
   <source>Copy all text</source>
   <translation>复制全部文本</translation>
  </message>
  <message>
   <source>Look at its event</source>
   <translation>查看其事件</translation>
  </message>
  <message>
   <source>Select all</source>
   <translation>全选</translation>
  </message>
 </context>
 <context>
  <name>LegendView</name>
  <message>
   <source>Gap before a token, median {time}:</source>
   <translation>token 之前的间隔，中位数 {time}：</translation>
  </message>
  <message>
   <source>Kinds: {kinds}</source>
   <translation>类型：{kinds}</translation>
  </message>
 </context>
 <context>
  <name>LinesEditor</name>
  <message>
   <source>Add to {field}</source>
   <translation>添加到{field}</translation>
  </message>
 </context>
 <context>
  <name>LinkView</name>
  <message>
   <source>Fill in</source>
   <translation>填写</translation>
  </message>
  <message>
   <source>Look at the CA file</source>
   <translation>查看 CA 文件</translation>
  </message>
  <message>
   <source>Look at the address</source>
   <translation>查看地址</translation>
  </message>
  <message>
   <source>Look at the credential</source>
   <translation>查看凭据</translation>
  </message>
  <message>
   <source>Look at the proxy</source>
   <translation>查看代理</translation>
  </message>
  <message>
   <source>Trust this certificate in this workspace</source>
   <translation>在此工作区信任该证书</translation>
  </message>
  <message>
   <source>Try again</source>
   <translation>重试</translation>
  </message>
  <message>
   <source>broken</source>
   <translation>中断</translation>
  </message>
  <message>
   <source>good</source>
   <translation>正常</translation>
  </message>
  <message>
   <source>good, with a warning</source>
   <translation>正常，有警告</translation>
  </message>
  <message>
   <source>not tested</source>
   <translation>未测试</translation>
  </message>
  <message>
   <source>testing…</source>
   <translation>正在测试…</translation>
  </message>
  <message>
   <source>waiting</source>
   <translation>等待中</translation>
  </message>
 </context>
 <context>
  <name>ListDialog</name>
  <message>
   <source>Find</source>
   <translation>查找</translation>
  </message>
  <message>
   <source>Find in the list</source>
   <translation>在列表中查找</translation>
  </message>
  <message>
   <source>Keep it</source>
   <translation>保存</translation>
  </message>
  <message>
   <source>New (Ctrl+N)</source>
   <translation>新建（Ctrl+N）</translation>
  </message>
  <message>
   <source>Read again (F5)</source>
   <translation>重新读取（F5）</translation>
  </message>
  <message>
   <source>Remove (Ctrl+Delete)</source>
   <translation>移除（Ctrl+Delete）</translation>
  </message>
 </context>
 <context>
  <name>LivePane</name>
  <message>
   <source>Close this tab (Ctrl+W)</source>
   <translation>关闭此标签页（Ctrl+W）</translation>
  </message>
  <message>
   <source>Exchanges</source>
   <translation>交换</translation>
  </message>
  <message>
   <source>Paused</source>
   <translation>已暂停</translation>
  </message>
  <message>
   <source>{state}, {rate} messages/s</source>
   <translation>{state}，{rate} 条消息/秒</translation>
  </message>
 </context>
 <context>
  <name>LogView</name>
  <message>
   <source>Conversation</source>
   <translation>对话</translation>
  </message>
  <message>
   <source>received</source>
   <translation>收到</translation>
  </message>
  <message>
   <source>sent</source>
   <translation>发送</translation>
  </message>
 </context>
 <context>
  <name>Managing</name>
  <message>
   <source>Choose a service first.</source>
   <translation>请先选择一个服务。</translation>
  </message>
  <message>
   <source>This service has no page: it is only known by its address.</source>
   <translation>此服务没有页面：只知道它的地址。</translation>
  </message>
 </context>
 <context>
  <name>MarginView</name>
  <message>
   <source>An arrow folds (Ctrl+Shift+[ and ]).
Tab indents at the beginning of a line and selected lines; elsewhere, and after Esc, it moves on.</source>
   <translation>点击箭头折叠（Ctrl+Shift+[ 和 ]）。
Tab 在行首或选中多行时缩进；在其他位置以及按 Esc 之后，移到下一个控件。</translation>
  </message>
  <message>
   <source>Line numbers</source>
   <translation>行号</translation>
  </message>
 </context>
 <context>
  <name>MarkdownView</name>
  <message>
   <source>Go to the newest text</source>
   <translation>转到最新的文本</translation>
  </message>
  <message>
   <source>Text, rendered as Markdown</source>
   <translation>以 Markdown 渲染的文本</translation>
  </message>
 </context>
 <context>
  <name>MatrixGridView</name>
  <message>
   <source>Access matrix</source>
   <translation>访问矩阵</translation>
  </message>
 </context>
 <context>
  <name>MatrixHeadView</name>
  <message>
   <source>Access matrix of {service} in {workspace}</source>
   <translation>{workspace} 中 {service} 的访问矩阵</translation>
  </message>
  <message>
   <source>Access matrix of {workspace}</source>
   <translation>{workspace} 的访问矩阵</translation>
  </message>
  <message>
   <source>All {count} work</source>
   <translation>全部 {count} 个可用</translation>
  </message>
  <message>
   <source>Call every combination (Ctrl+Return, F9)</source>
   <translation>调用每一种组合（Ctrl+Return、F9）</translation>
  </message>
  <message>
   <source>Called last {when}: {works} work, {failed} failed</source>
   <translation>上次调用于 {when}：{works} 个可用，{failed} 个失败</translation>
  </message>
  <message>
   <source>Calls every combination that is offered, once, asking for a short answer.</source>
   <translation>对提供的每种组合调用一次，只请求简短的响应。</translation>
  </message>
  <message>
   <source>Copy the matrix</source>
   <translation>复制矩阵</translation>
  </message>
  <message>
   <source>Everything, with reasons</source>
   <translation>全部，附原因</translation>
  </message>
  <message>
   <source>Nothing is offered</source>
   <translation>没有提供任何组合</translation>
  </message>
  <message>
   <source>Progress</source>
   <translation>进度</translation>
  </message>
  <message>
   <source>Reading the services…</source>
   <translation>正在读取服务…</translation>
  </message>
  <message>
   <source>Rows that are shown</source>
   <translation>显示哪些行</translation>
  </message>
  <message>
   <source>Run</source>
   <translation>运行</translation>
  </message>
  <message>
   <source>Run again</source>
   <translation>再次运行</translation>
  </message>
  <message>
   <source>Run {count} failed again</source>
   <translation>再次运行 {count} 个失败项</translation>
  </message>
  <message>
   <source>Save the matrix as a file</source>
   <translation>将矩阵保存为文件</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>停止</translation>
  </message>
  <message>
   <source>Stop (Esc)</source>
   <translation>停止（Esc）</translation>
  </message>
  <message>
   <source>Stopped: {works} work, {failed} failed</source>
   <translation>已停止：{works} 个可用，{failed} 个失败</translation>
  </message>
  <message>
   <source>What changed</source>
   <translation>有变化的</translation>
  </message>
  <message>
   <source>What failed</source>
   <translation>失败的</translation>
  </message>
  <message>
   <source>What is offered</source>
   <translation>提供的</translation>
  </message>
  <message>
   <source>nothing changed since the last run</source>
   <translation>与上次运行相比没有变化</translation>
  </message>
  <message>
   <source>{count} not offered</source>
   <translation>{count} 个未提供</translation>
  </message>
  <message>
   <source>{done} of {all} called</source>
   <translation>已调用 {done} / {all}</translation>
  </message>
  <message>
   <source>{seconds} s</source>
   <translation>{seconds} 秒</translation>
  </message>
  <message>
   <source>{works} work, {failed} failed</source>
   <translation>{works} 个可用，{failed} 个失败</translation>
  </message>
 </context>
 <context>
  <name>MatrixModel</name>
  <message>
   <source>Authentication</source>
   <translation>认证</translation>
  </message>
  <message>
   <source>Channel</source>
   <translation>通道</translation>
  </message>
 </context>
 <context>
  <name>MatrixView</name>
  <message>
   <source>Call it again</source>
   <translation>再次调用</translation>
  </message>
  <message>
   <source>Recordings are kept for some days only, and none of calls from the command line.</source>
   <translation>记录只保留若干天，且不保留命令行调用的记录。</translation>
  </message>
  <message>
   <source>The exchange of this cell was not kept.</source>
   <translation>此单元格的交换没有保留。</translation>
  </message>
 </context>
 <context>
  <name>MediaCard</name>
  <message>
   <source>File</source>
   <translation>文件</translation>
  </message>
  <message>
   <source>Hide</source>
   <translation>隐藏</translation>
  </message>
  <message>
   <source>It claims to have {size} pixels and is not shown.</source>
   <translation>它声称有 {size} 像素，因此不予显示。</translation>
  </message>
  <message>
   <source>Picture</source>
   <translation>图片</translation>
  </message>
  <message>
   <source>Save as</source>
   <translation>另存为</translation>
  </message>
  <message>
   <source>Save as…</source>
   <translation>另存为…</translation>
  </message>
  <message>
   <source>Show</source>
   <translation>显示</translation>
  </message>
  <message>
   <source>Show the picture</source>
   <translation>显示图片</translation>
  </message>
  <message>
   <source>Sound</source>
   <translation>声音</translation>
  </message>
  <message>
   <source>This is no picture: {error}</source>
   <translation>这不是图片：{error}</translation>
  </message>
  <message>
   <source>{count} pieces</source>
   <translation>{count} 段</translation>
  </message>
 </context>
 <context>
  <name>MessageListView</name>
  <message>
   <source>Message {number}</source>
   <translation>消息 {number}</translation>
  </message>
  <message>
   <source>Messages</source>
   <translation>消息</translation>
  </message>
  <message>
   <source>sent by hand</source>
   <translation>手动发送</translation>
  </message>
  <message>
   <source>sent when connected</source>
   <translation>连接后发送</translation>
  </message>
 </context>
 <context>
  <name>MessageView</name>
  <message>
   <source>Close this message</source>
   <translation>关闭此提示</translation>
  </message>
  <message>
   <source>Copy</source>
   <translation>复制</translation>
  </message>
  <message>
   <source>Progress</source>
   <translation>进度</translation>
  </message>
 </context>
 <context>
  <name>MessagesEdit</name>
  <message>
   <source>Messages</source>
   <translation>消息</translation>
  </message>
  <message>
   <source>Nothing is sent by itself. An empty line separates two messages.</source>
   <translation>不会自动发送任何内容。空行分隔两条消息。</translation>
  </message>
  <message>
   <source>Sent when the connection is open: {count}</source>
   <translation>连接打开后发送：{count}</translation>
  </message>
 </context>
 <context>
  <name>MessagesView</name>
  <message>
   <source>A binary message, typed as hex, base64 or text, or from a file</source>
   <translation>二进制消息，以十六进制、base64 或文本输入，或取自文件</translation>
  </message>
  <message>
   <source>A text message, as it is written</source>
   <translation>文本消息，按所写原样</translation>
  </message>
  <message>
   <source>A text message, as it is written, judged as JSON</source>
   <translation>文本消息，按所写原样，按 JSON 检查</translation>
  </message>
  <message>
   <source>Binary</source>
   <translation>二进制</translation>
  </message>
  <message>
   <source>Choose a file</source>
   <translation>选择文件</translation>
  </message>
  <message>
   <source>Delete (Delete); Ctrl+Z in the list brings it back</source>
   <translation>删除（Delete）；在列表中按 Ctrl+Z 可恢复</translation>
  </message>
  <message>
   <source>Duplicate (Ctrl+D)</source>
   <translation>复制一份（Ctrl+D）</translation>
  </message>
  <message>
   <source>How the bytes are typed</source>
   <translation>字节的输入方式</translation>
  </message>
  <message>
   <source>JSON</source>
   <translation>JSON</translation>
  </message>
  <message>
   <source>Kind of the message</source>
   <translation>消息的类型</translation>
  </message>
  <message>
   <source>Message</source>
   <translation>消息</translation>
  </message>
  <message>
   <source>New message</source>
   <translation>新建消息</translation>
  </message>
  <message>
   <source>New message (Insert)</source>
   <translation>新建消息（Insert）</translation>
  </message>
  <message>
   <source>No message is prepared. A message can be sent as soon as the connection is open, or by hand.</source>
   <translation>没有准备好的消息。消息可在连接打开后立即发送，也可手动发送。</translation>
  </message>
  <message>
   <source>Send now</source>
   <translation>立即发送</translation>
  </message>
  <message>
   <source>Send on connect</source>
   <translation>连接后发送</translation>
  </message>
  <message>
   <source>Send this message now</source>
   <translation>立即发送此消息</translation>
  </message>
  <message>
   <source>Send this message over the open connection (Alt+Return)</source>
   <translation>通过打开的连接发送此消息（Alt+Return）</translation>
  </message>
  <message>
   <source>Sent as soon as the connection is open; otherwise it waits until you send it</source>
   <translation>连接打开后立即发送；否则等待您手动发送</translation>
  </message>
  <message>
   <source>Take the bytes of a file</source>
   <translation>取用文件的字节</translation>
  </message>
  <message>
   <source>Text</source>
   <translation>文本</translation>
  </message>
  <message>
   <source>There is no open connection</source>
   <translation>没有打开的连接</translation>
  </message>
  <message>
   <source>Too large to be typed: the first bytes are shown, all are sent.</source>
   <translation>过大，无法输入：显示开头的字节，发送全部。</translation>
  </message>
  <message>
   <source>UTF-8 text</source>
   <translation>UTF-8 文本</translation>
  </message>
  <message>
   <source>base64</source>
   <translation>base64</translation>
  </message>
  <message>
   <source>hex</source>
   <translation>十六进制</translation>
  </message>
  <message>
   <source>{name} copy</source>
   <translation>{name} 副本</translation>
  </message>
  <message>
   <source>{name} was not taken: {why}</source>
   <translation>未采用 {name}：{why}</translation>
  </message>
  <message>
   <source>{what}. What stands before it is sent.</source>
   <translation>{what}。发送其之前的内容。</translation>
  </message>
 </context>
 <context>
  <name>MonitorView</name>
  <message>
   <source>Accelerator memory</source>
   <translation>加速卡显存</translation>
  </message>
  <message>
   <source>Accelerators</source>
   <translation>加速卡</translation>
  </message>
  <message>
   <source>CPU</source>
   <translation>CPU</translation>
  </message>
  <message>
   <source>Calls per minute</source>
   <translation>每分钟调用数</translation>
  </message>
  <message>
   <source>Calls that failed</source>
   <translation>失败的调用</translation>
  </message>
  <message>
   <source>Instances that run</source>
   <translation>运行中的实例</translation>
  </message>
  <message>
   <source>Memory</source>
   <translation>内存</translation>
  </message>
  <message>
   <source>Monitor of the service</source>
   <translation>服务的监控</translation>
  </message>
  <message>
   <source>Sampled every few seconds while this page is seen; where nobody looked, the lines have gaps.</source>
   <translation>查看此页面期间每隔几秒采样一次；无人查看时，曲线会有空缺。</translation>
  </message>
  <message>
   <source>This generation of the platform has no monitor that can be asked. How its instances are is under Instances.</source>
   <translation>此代平台没有可查询的监控。实例的状况见“实例”。</translation>
  </message>
  <message>
   <source>This generation tells of its instances only: it has no monitor that can be asked for more.</source>
   <translation>此代平台只给出实例信息：没有可进一步查询的监控。</translation>
  </message>
  <message>
   <source>calls</source>
   <translation>调用</translation>
  </message>
  <message>
   <source>cores</source>
   <translation>核</translation>
  </message>
  <message>
   <source>failed</source>
   <translation>失败</translation>
  </message>
  <message>
   <source>running</source>
   <translation>运行中</translation>
  </message>
 </context>
 <context>
  <name>NamesPopup</name>
  <message>
   <source>Variables</source>
   <translation>变量</translation>
  </message>
 </context>
 <context>
  <name>NoticesView</name>
  <message>
   <source>Undo</source>
   <translation>撤销</translation>
  </message>
 </context>
 <context>
  <name>NumberEditor</name>
  <message>
   <source>This is not a number.</source>
   <translation>这不是数字。</translation>
  </message>
 </context>
 <context>
  <name>ObjectivesView</name>
  <message>
   <source>Figures</source>
   <translation>指标</translation>
  </message>
  <message>
   <source>Limits for: {names}</source>
   <translation>可设限制：{names}</translation>
  </message>
  <message>
   <source>Limits that the times are held against. MLPerf's are meant for the p99 of many answers.</source>
   <translation>用于对照时间的限制。MLPerf 的限制针对大量响应的 p99。</translation>
  </message>
  <message>
   <source>My own</source>
   <translation>自定义</translation>
  </message>
  <message>
   <source>My own objectives</source>
   <translation>自定义目标</translation>
  </message>
  <message>
   <source>No objectives</source>
   <translation>无目标</translation>
  </message>
  <message>
   <source>Objectives</source>
   <translation>目标</translation>
  </message>
  <message>
   <source>{verdict} so far</source>
   <translation>目前 {verdict}</translation>
  </message>
 </context>
 <context>
  <name>OffersView</name>
  <message>
   <source>What can follow</source>
   <translation>可以继续输入的内容</translation>
  </message>
 </context>
 <context>
  <name>OutgoingView</name>
  <message>
   <source>A secret is masked here: put it in again, or its variable.</source>
   <translation>此处有已遮盖的机密：请重新填入机密或其变量。</translation>
  </message>
  <message>
   <source>Answer pings</source>
   <translation>应答 ping</translation>
  </message>
  <message>
   <source>Binary, base64</source>
   <translation>二进制，base64</translation>
  </message>
  <message>
   <source>Binary, hex</source>
   <translation>二进制，十六进制</translation>
  </message>
  <message>
   <source>Choose a file</source>
   <translation>选择文件</translation>
  </message>
  <message>
   <source>Close</source>
   <translation>关闭</translation>
  </message>
  <message>
   <source>Close the connection</source>
   <translation>关闭连接</translation>
  </message>
  <message>
   <source>Close the connection in order, with code 1000</source>
   <translation>正常关闭连接，代码 1000</translation>
  </message>
  <message>
   <source>Close with code and reason…</source>
   <translation>以代码和原因关闭…</translation>
  </message>
  <message>
   <source>Empty the box</source>
   <translation>清空输入框</translation>
  </message>
  <message>
   <source>JSON</source>
   <translation>JSON</translation>
  </message>
  <message>
   <source>Kind of the message</source>
   <translation>消息的类型</translation>
  </message>
  <message>
   <source>Lay the JSON out</source>
   <translation>展开排版 JSON</translation>
  </message>
  <message>
   <source>More</source>
   <translation>更多</translation>
  </message>
  <message>
   <source>Next message</source>
   <translation>下一条消息</translation>
  </message>
  <message>
   <source>Next message; Ctrl+Shift+Return sends it</source>
   <translation>下一条消息；按 Ctrl+Shift+Return 发送</translation>
  </message>
  <message>
   <source>Nobody has to ask for it: a heartbeat of one side.</source>
   <translation>无需对方请求：单方的心跳。</translation>
  </message>
  <message>
   <source>Nothing was sent by hand yet</source>
   <translation>尚未手动发送任何消息</translation>
  </message>
  <message>
   <source>Ping</source>
   <translation>Ping</translation>
  </message>
  <message>
   <source>Ping with a payload…</source>
   <translation>发送带载荷的 ping…</translation>
  </message>
  <message>
   <source>Ping, pong, close, timer</source>
   <translation>Ping、pong、关闭、定时</translation>
  </message>
  <message>
   <source>Pings are not answered</source>
   <translation>不应答 ping</translation>
  </message>
  <message>
   <source>Pong by hand…</source>
   <translation>手动发送 pong…</translation>
  </message>
  <message>
   <source>Send</source>
   <translation>发送</translation>
  </message>
  <message>
   <source>Send a ping</source>
   <translation>发送 ping</translation>
  </message>
  <message>
   <source>Send a pong</source>
   <translation>发送 pong</translation>
  </message>
  <message>
   <source>Send on a timer…</source>
   <translation>定时发送…</translation>
  </message>
  <message>
   <source>Send the message</source>
   <translation>发送消息</translation>
  </message>
  <message>
   <source>Send the message (Ctrl+Shift+Return)</source>
   <translation>发送消息（Ctrl+Shift+Return）</translation>
  </message>
  <message>
   <source>Sent before (Alt+Up)</source>
   <translation>先前发送的（Alt+Up）</translation>
  </message>
  <message>
   <source>Take the bytes of a file</source>
   <translation>取用文件的字节</translation>
  </message>
  <message>
   <source>Text</source>
   <translation>文本</translation>
  </message>
  <message>
   <source>The pong brings it back, with its round trip.</source>
   <translation>pong 会将其带回，并给出往返时间。</translation>
  </message>
  <message>
   <source>The request has no messages; write some on its sheet Messages</source>
   <translation>此请求没有消息；请在其“消息”页中编写</translation>
  </message>
  <message>
   <source>The request's own messages</source>
   <translation>请求自带的消息</translation>
  </message>
  <message>
   <source>Too large to be typed: the first bytes are shown, all are sent.</source>
   <translation>过大，无法输入：显示开头的字节，发送全部。</translation>
  </message>
  <message>
   <source>Write the message first that is to be sent.</source>
   <translation>请先写好要发送的消息。</translation>
  </message>
  <message>
   <source>{name} was not taken: {why}</source>
   <translation>未采用 {name}：{why}</translation>
  </message>
 </context>
 <context>
  <name>OverlayView</name>
  <message>
   <source>Copy as CSV</source>
   <translation>复制为 CSV</translation>
  </message>
  <message>
   <source>Copy picture</source>
   <translation>复制图片</translation>
  </message>
  <message>
   <source>Messages with content against time, A and B</source>
   <translation>有内容的消息随时间的变化，A 与 B</translation>
  </message>
  <message>
   <source>No content came in either.</source>
   <translation>两者均没有内容到达。</translation>
  </message>
  <message>
   <source>So far</source>
   <translation>累计</translation>
  </message>
  <message>
   <source>Streams</source>
   <translation>流</translation>
  </message>
  <message>
   <source>What came by when, of each</source>
   <translation>各交换的累计到达量</translation>
  </message>
  <message>
   <source>bursts</source>
   <translation>成批</translation>
  </message>
  <message>
   <source>characters</source>
   <translation>字符</translation>
  </message>
  <message>
   <source>exchange</source>
   <translation>交换</translation>
  </message>
  <message>
   <source>first token, ms</source>
   <translation>首个 token（毫秒）</translation>
  </message>
  <message>
   <source>from Send</source>
   <translation>自发送起</translation>
  </message>
  <message>
   <source>from the first token</source>
   <translation>自首个 token 起</translation>
  </message>
  <message>
   <source>last token, ms</source>
   <translation>最后一个 token（毫秒）</translation>
  </message>
  <message>
   <source>messages</source>
   <translation>消息</translation>
  </message>
  <message>
   <source>messages with content, time since Send</source>
   <translation>有内容的消息，自发送起的时间</translation>
  </message>
  <message>
   <source>socket reads</source>
   <translation>套接字读取</translation>
  </message>
  <message>
   <source>stalls</source>
   <translation>停顿</translation>
  </message>
  <message>
   <source>total, ms</source>
   <translation>总计（毫秒）</translation>
  </message>
 </context>
 <context>
  <name>OverviewView</name>
  <message>
   <source>Addresses</source>
   <translation>地址</translation>
  </message>
  <message>
   <source>Answer within</source>
   <translation>响应时限</translation>
  </message>
  <message>
   <source>Authentication</source>
   <translation>认证</translation>
  </message>
  <message>
   <source>Being read…</source>
   <translation>正在读取…</translation>
  </message>
  <message>
   <source>Body at most</source>
   <translation>正文上限</translation>
  </message>
  <message>
   <source>Calls at most</source>
   <translation>调用上限</translation>
  </message>
  <message>
   <source>Copy the address {channel}</source>
   <translation>复制地址“{channel}”</translation>
  </message>
  <message>
   <source>Copy the id</source>
   <translation>复制 ID</translation>
  </message>
  <message>
   <source>Description</source>
   <translation>描述</translation>
  </message>
  <message>
   <source>Id</source>
   <translation>ID</translation>
  </message>
  <message>
   <source>Instances</source>
   <translation>实例</translation>
  </message>
  <message>
   <source>None while it does not run.</source>
   <translation>未运行时没有。</translation>
  </message>
  <message>
   <source>Overview of the service</source>
   <translation>服务概览</translation>
  </message>
  <message>
   <source>Protocols</source>
   <translation>协议</translation>
  </message>
  <message>
   <source>Stops by itself</source>
   <translation>自动停止</translation>
  </message>
  <message>
   <source>Tags</source>
   <translation>标签</translation>
  </message>
  <message>
   <source>The platform says</source>
   <translation>平台说明</translation>
  </message>
  <message>
   <source>any</source>
   <translation>任意</translation>
  </message>
  <message>
   <source>for Apps</source>
   <translation>用于 App</translation>
  </message>
  <message>
   <source>in {time}, on {date}</source>
   <translation>{time} 后（{date}）</translation>
  </message>
  <message>
   <source>now</source>
   <translation>现在</translation>
  </message>
  <message>
   <source>{running} of {all} run</source>
   <translation>{running} / {all} 运行中</translation>
  </message>
 </context>
 <context>
  <name>PackageDialog</name>
  <message>
   <source>A model that the sandbox brings along.</source>
   <translation>沙箱自带的模型。</translation>
  </message>
  <message>
   <source>A quote is left open.</source>
   <translation>有引号没有闭合。</translation>
  </message>
  <message>
   <source>Choose the folder</source>
   <translation>选择文件夹</translation>
  </message>
  <message>
   <source>Deploy it</source>
   <translation>部署它</translation>
  </message>
  <message>
   <source>Deploy it, or change something and register it as the next version.</source>
   <translation>请部署它，或更改后注册为下一版本。</translation>
  </message>
  <message>
   <source>Model packages</source>
   <translation>模型包</translation>
  </message>
  <message>
   <source>New package</source>
   <translation>新建模型包</translation>
  </message>
  <message>
   <source>Reading the packages…</source>
   <translation>正在读取模型包…</translation>
  </message>
  <message>
   <source>Register</source>
   <translation>注册</translation>
  </message>
  <message>
   <source>Register the next version</source>
   <translation>注册为下一版本</translation>
  </message>
  <message>
   <source>Registering {name}…</source>
   <translation>正在注册 {name}…</translation>
  </message>
  <message>
   <source>Remove</source>
   <translation>移除</translation>
  </message>
  <message>
   <source>Remove the package {name}?</source>
   <translation>移除模型包 {name}？</translation>
  </message>
  <message>
   <source>Removing {name}…</source>
   <translation>正在移除 {name}…</translation>
  </message>
  <message>
   <source>Save a sample</source>
   <translation>保存示例</translation>
  </message>
  <message>
   <source>Start from a sample…</source>
   <translation>从示例开始…</translation>
  </message>
  <message>
   <source>The file or program itself stays. Services that were deployed from it cannot be started again.</source>
   <translation>文件或程序本身会保留。由它部署的服务将无法再次启动。</translation>
  </message>
  <message>
   <source>The folder that it starts in</source>
   <translation>启动时所在的文件夹</translation>
  </message>
  <message>
   <source>The sandbox deploys your own model as the platform would: a Python file with predict(inputs), or any command that listens on the port in $PORT. It stays on this machine.</source>
   <translation>沙箱会像平台一样部署您自己的模型：带有 predict(inputs) 的 Python 文件，或任何监听 $PORT 中端口的命令。它只留在本机。</translation>
  </message>
  <message>
   <source>Writing {path}…</source>
   <translation>正在写入 {path}…</translation>
  </message>
  <message>
   <source>built in</source>
   <translation>内置</translation>
  </message>
  <message>
   <source>{name} is registered.</source>
   <translation>{name} 已注册。</translation>
  </message>
 </context>
 <context>
  <name>PageHeadView</name>
  <message>
   <source>Address</source>
   <translation>地址</translation>
  </message>
  <message>
   <source>Copy the address</source>
   <translation>复制地址</translation>
  </message>
  <message>
   <source>More to do with this service</source>
   <translation>此服务的更多操作</translation>
  </message>
  <message>
   <source>Use it in a request</source>
   <translation>用于请求</translation>
  </message>
  <message>
   <source>deleted</source>
   <translation>已删除</translation>
  </message>
  <message>
   <source>version {version}</source>
   <translation>版本 {version}</translation>
  </message>
 </context>
 <context>
  <name>PagedView</name>
  <message>
   <source>%n new ↓</source>
   <translation>%n 段新内容 ↓</translation>
  </message>
  <message>
   <source>Earlier text: {size} ↑</source>
   <translation>更早的文本：{size} ↑</translation>
  </message>
  <message>
   <source>Go to the beginning of the text</source>
   <translation>转到文本的开头</translation>
  </message>
  <message>
   <source>Go to the newest text</source>
   <translation>转到最新的文本</translation>
  </message>
 </context>
 <context>
  <name>PaletteDialog</name>
  <message>
   <source>Nothing fits. Fewer letters find more.</source>
   <translation>没有匹配项。减少输入的字母可找到更多。</translation>
  </message>
  <message>
   <source>What was found</source>
   <translation>查找结果</translation>
  </message>
 </context>
 <context>
  <name>PanelView</name>
  <message>
   <source>Close this (Esc)</source>
   <translation>关闭此栏（Esc）</translation>
  </message>
 </context>
 <context>
  <name>ParametersView</name>
  <message>
   <source>Parameter</source>
   <translation>参数</translation>
  </message>
  <message>
   <source>Parameters of the URL</source>
   <translation>URL 的参数</translation>
  </message>
  <message>
   <source>Value</source>
   <translation>值</translation>
  </message>
  <message>
   <source>name</source>
   <translation>名称</translation>
  </message>
  <message>
   <source>value, as it stands in the URL</source>
   <translation>值，与 URL 中一致</translation>
  </message>
 </context>
 <context>
  <name>PartsModel</name>
  <message>
   <source>Content type</source>
   <translation>内容类型</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>名称</translation>
  </message>
  <message>
   <source>Value or file</source>
   <translation>值或文件</translation>
  </message>
  <message>
   <source>name</source>
   <translation>名称</translation>
  </message>
  <message>
   <source>value</source>
   <translation>值</translation>
  </message>
  <message>
   <source>{name} is missing</source>
   <translation>缺少 {name}</translation>
  </message>
  <message>
   <source>{path}
Missing: {why}</source>
   <translation>{path}
缺失：{why}</translation>
  </message>
  <message>
   <source>{size}, read already</source>
   <translation>{size}，已读取</translation>
  </message>
 </context>
 <context>
  <name>PartsView</name>
  <message>
   <source>Add files as parts</source>
   <translation>将文件添加为部分</translation>
  </message>
  <message>
   <source>Add files…</source>
   <translation>添加文件…</translation>
  </message>
  <message>
   <source>Choose files</source>
   <translation>选择文件</translation>
  </message>
  <message>
   <source>Files can also be dropped onto the table</source>
   <translation>也可以将文件拖到表格上</translation>
  </message>
  <message>
   <source>Parts</source>
   <translation>各部分</translation>
  </message>
  <message>
   <source>or drop them here</source>
   <translation>或拖到此处</translation>
  </message>
 </context>
 <context>
  <name>PastModel</name>
  <message>
   <source>TTFT {time}</source>
   <translation>TTFT {time}</translation>
  </message>
  <message>
   <source>Today</source>
   <translation>今天</translation>
  </message>
  <message>
   <source>Yesterday</source>
   <translation>昨天</translation>
  </message>
  <message>
   <source>complete</source>
   <translation>完整</translation>
  </message>
  <message>
   <source>ended early</source>
   <translation>提前结束</translation>
  </message>
  <message>
   <source>error</source>
   <translation>错误</translation>
  </message>
  <message>
   <source>no connection</source>
   <translation>无连接</translation>
  </message>
  <message>
   <source>stopped</source>
   <translation>已停止</translation>
  </message>
 </context>
 <context>
  <name>PathEdit</name>
  <message>
   <source>Path and query behind the service's address (Ctrl+L)</source>
   <translation>服务地址之后的路径和查询（Ctrl+L）</translation>
  </message>
  <message>
   <source>{size} are too much for a path. Nothing was pasted.</source>
   <translation>{size} 对路径来说过大。没有粘贴任何内容。</translation>
  </message>
  <message>
   <source>{size}: too long to be edited here. It is sent as it is.</source>
   <translation>{size}：过长，无法在此编辑。按原样发送。</translation>
  </message>
 </context>
 <context>
  <name>PayloadPanel</name>
  <message>
   <source>It holds half a character, which has no UTF-8.</source>
   <translation>其中含有半个字符，没有对应的 UTF-8。</translation>
  </message>
  <message>
   <source>Payload</source>
   <translation>载荷</translation>
  </message>
  <message>
   <source>Payload, none is fine</source>
   <translation>载荷，可留空</translation>
  </message>
  <message>
   <source>The payload is typed as hex digits</source>
   <translation>载荷以十六进制数字输入</translation>
  </message>
  <message>
   <source>hex</source>
   <translation>十六进制</translation>
  </message>
  <message>
   <source>{size} bytes; a control frame has {most} at most.</source>
   <translation>{size} 字节；控制帧最多 {most} 字节。</translation>
  </message>
  <message>
   <source>{size} of {most} bytes. {about}</source>
   <translation>{size} / {most} 字节。{about}</translation>
  </message>
 </context>
 <context>
  <name>PendingView</name>
  <message>
   <source>Opening the recording…</source>
   <translation>正在打开记录…</translation>
  </message>
 </context>
 <context>
  <name>PhaseTableModel</name>
  <message>
   <source>(pause)</source>
   <translation>（停顿）</translation>
  </message>
  <message>
   <source>Attempt</source>
   <translation>尝试</translation>
  </message>
  <message>
   <source>Begin, ms</source>
   <translation>开始（毫秒）</translation>
  </message>
  <message>
   <source>End, ms</source>
   <translation>结束（毫秒）</translation>
  </message>
  <message>
   <source>Phase</source>
   <translation>阶段</translation>
  </message>
  <message>
   <source>Share, %</source>
   <translation>占比（%）</translation>
  </message>
  <message>
   <source>Took, ms</source>
   <translation>用时（毫秒）</translation>
  </message>
  <message>
   <source>What</source>
   <translation>内容</translation>
  </message>
  <message>
   <source>goes on</source>
   <translation>进行中</translation>
  </message>
 </context>
 <context>
  <name>PictureView</name>
  <message>
   <source>The picture</source>
   <translation>图片</translation>
  </message>
 </context>
 <context>
  <name>PlaceView</name>
  <message>
   <source>Generation</source>
   <translation>代次</translation>
  </message>
  <message>
   <source>Workspace</source>
   <translation>工作区</translation>
  </message>
 </context>
 <context>
  <name>PlainBytesView</name>
  <message>
   <source>The chosen event as hex</source>
   <translation>所选事件的十六进制内容</translation>
  </message>
  <message>
   <source>The chosen event as it came</source>
   <translation>所选事件的原始内容</translation>
  </message>
 </context>
 <context>
  <name>PortionView</name>
  <message>
   <source>Take this one away</source>
   <translation>移除此项</translation>
  </message>
  <message>
   <source>Take {what} away</source>
   <translation>移除 {what}</translation>
  </message>
 </context>
 <context>
  <name>PortionsView</name>
  <message>
   <source>Add another</source>
   <translation>再添加一项</translation>
  </message>
  <message>
   <source>Share equally</source>
   <translation>平均分配</translation>
  </message>
  <message>
   <source>Weights: {weights} = {sum}</source>
   <translation>权重：{weights} = {sum}</translation>
  </message>
 </context>
 <context>
  <name>PrettyView</name>
  <message>
   <source>Show more</source>
   <translation>显示更多</translation>
  </message>
  <message>
   <source>Show more: {size} are left</source>
   <translation>显示更多：还剩 {size}</translation>
  </message>
  <message>
   <source>The chosen event, laid out</source>
   <translation>所选事件，已排版</translation>
  </message>
 </context>
 <context>
  <name>PreviewView</name>
  <message>
   <source>A token will be fetched when this is sent.</source>
   <translation>发送时会获取 Token。</translation>
  </message>
  <message>
   <source>Copied as cURL, with secret values in it.</source>
   <translation>已复制为 cURL，其中包含机密值。</translation>
  </message>
  <message>
   <source>Copied as cURL.</source>
   <translation>已复制为 cURL。</translation>
  </message>
  <message>
   <source>Copied as cURL. Its first line tells which variables to set for the secrets.</source>
   <translation>已复制为 cURL。第一行说明要为机密设置哪些变量。</translation>
  </message>
  <message>
   <source>Copied; secrets are masked.</source>
   <translation>已复制；机密已遮盖。</translation>
  </message>
  <message>
   <source>Copy as cURL</source>
   <translation>复制为 cURL</translation>
  </message>
  <message>
   <source>Copy what is shown; secrets stay masked</source>
   <translation>复制所显示的内容；机密保持遮盖</translation>
  </message>
  <message>
   <source>Fetch it now</source>
   <translation>立即获取</translation>
  </message>
  <message>
   <source>For PowerShell</source>
   <translation>用于 PowerShell</translation>
  </message>
  <message>
   <source>For bash and POSIX shells</source>
   <translation>用于 bash 和 POSIX shell</translation>
  </message>
  <message>
   <source>For cmd</source>
   <translation>用于 cmd</translation>
  </message>
  <message>
   <source>Look again</source>
   <translation>重新查看</translation>
  </message>
  <message>
   <source>Looking…</source>
   <translation>正在查看…</translation>
  </message>
  <message>
   <source>Otherwise the command takes them from variables of the environment</source>
   <translation>否则命令从环境变量中读取它们</translation>
  </message>
  <message>
   <source>Picture or sound</source>
   <translation>图片或声音</translation>
  </message>
  <message>
   <source>Save as…</source>
   <translation>另存为…</translation>
  </message>
  <message>
   <source>Show it</source>
   <translation>显示</translation>
  </message>
  <message>
   <source>Sound, {size}</source>
   <translation>声音，{size}</translation>
  </message>
  <message>
   <source>There is no picture and no sound in it.</source>
   <translation>其中没有图片和声音。</translation>
  </message>
  <message>
   <source>There is nothing to show yet.</source>
   <translation>还没有可显示的内容。</translation>
  </message>
  <message>
   <source>Until then a placeholder stands for it here.</source>
   <translation>在此之前，这里以占位符代替。</translation>
  </message>
  <message>
   <source>What would be sent</source>
   <translation>将发送的内容</translation>
  </message>
  <message>
   <source>With secret values</source>
   <translation>包含机密值</translation>
  </message>
  <message>
   <source>head {head}, body {body}</source>
   <translation>头部 {head}，正文 {body}</translation>
  </message>
  <message>
   <source>head {head}, no body</source>
   <translation>头部 {head}，无正文</translation>
  </message>
  <message>
   <source>{about}: too large to be shown</source>
   <translation>{about}：过大，无法显示</translation>
  </message>
  <message>
   <source>{size}; the picture is damaged</source>
   <translation>{size}；图片已损坏</translation>
  </message>
 </context>
 <context>
  <name>ProblemsView</name>
  <message>
   <source>Error in the stream: {text}</source>
   <translation>流中的错误：{text}</translation>
  </message>
  <message>
   <source>More workspaces are away: {count}</source>
   <translation>另有不可达的工作区：{count}</translation>
  </message>
  <message>
   <source>Open the settings of {workspace}</source>
   <translation>打开 {workspace} 的设置</translation>
  </message>
  <message>
   <source>Read {workspace} again</source>
   <translation>重新读取 {workspace}</translation>
  </message>
  <message>
   <source>Settings</source>
   <translation>设置</translation>
  </message>
  <message>
   <source>Show the event</source>
   <translation>显示该事件</translation>
  </message>
  <message>
   <source>Try again</source>
   <translation>重试</translation>
  </message>
  <message>
   <source>and {count} before</source>
   <translation>此前还有 {count} 个</translation>
  </message>
 </context>
 <context>
  <name>ProgressView</name>
  <message>
   <source>All events</source>
   <translation>全部事件</translation>
  </message>
  <message>
   <source>It goes on when this page is closed.</source>
   <translation>关闭此页面后仍会继续。</translation>
  </message>
  <message>
   <source>Progress of the deployment</source>
   <translation>部署进度</translation>
  </message>
  <message>
   <source>Stop waiting</source>
   <translation>停止等待</translation>
  </message>
  <message>
   <source>The platform is being asked…</source>
   <translation>正在询问平台…</translation>
  </message>
 </context>
 <context>
  <name>ProxyEditor</name>
  <message>
   <source>Address of the proxy</source>
   <translation>代理地址</translation>
  </message>
  <message>
   <source>None</source>
   <translation>无</translation>
  </message>
  <message>
   <source>This one:</source>
   <translation>指定：</translation>
  </message>
  <message>
   <source>http://host:port</source>
   <translation>http://主机:端口</translation>
  </message>
 </context>
 <context>
  <name>QuestionDialog</name>
  <message>
   <source>It is used once and kept nowhere.</source>
   <translation>它只使用一次，不会保存在任何地方。</translation>
  </message>
  <message>
   <source>Not now</source>
   <translation>以后再说</translation>
  </message>
  <message>
   <source>Sign in</source>
   <translation>登录</translation>
  </message>
 </context>
 <context>
  <name>RawView</name>
  <message>
   <source>As hex</source>
   <translation>显示为十六进制</translation>
  </message>
  <message>
   <source>As text, with escapes for what is none</source>
   <translation>显示为文本，非文本内容以转义显示</translation>
  </message>
  <message>
   <source>Decoded</source>
   <translation>已解码</translation>
  </message>
  <message>
   <source>Find (Ctrl+F)</source>
   <translation>查找（Ctrl+F）</translation>
  </message>
  <message>
   <source>Go to an offset</source>
   <translation>转到偏移</translation>
  </message>
  <message>
   <source>Go to an offset: 1234, 0x4d2, 50 %, -100 (Ctrl+G)</source>
   <translation>转到偏移：1234、0x4d2、50 %、-100（Ctrl+G）</translation>
  </message>
  <message>
   <source>Hex</source>
   <translation>十六进制</translation>
  </message>
  <message>
   <source>Nothing had to be decoded: every payload lies in what was received</source>
   <translation>无需解码：每个载荷都在收到的字节中</translation>
  </message>
  <message>
   <source>Nothing was received so far.</source>
   <translation>尚未收到任何内容。</translation>
  </message>
  <message>
   <source>Nothing was received.</source>
   <translation>没有收到任何内容。</translation>
  </message>
  <message>
   <source>Offset</source>
   <translation>偏移</translation>
  </message>
  <message>
   <source>Received</source>
   <translation>收到</translation>
  </message>
  <message>
   <source>Save all of these bytes as…</source>
   <translation>将这些字节全部另存为…</translation>
  </message>
  <message>
   <source>Text</source>
   <translation>文本</translation>
  </message>
  <message>
   <source>The bytes after transfer, content and frame decoding</source>
   <translation>经传输、内容和帧解码之后的字节</translation>
  </message>
  <message>
   <source>The bytes as they were received</source>
   <translation>收到的原始字节</translation>
  </message>
  <message>
   <source>The recording cannot be read any more: {reason}</source>
   <translation>已无法读取记录：{reason}</translation>
  </message>
  <message>
   <source>{count} bytes selected</source>
   <translation>已选择 {count} 字节</translation>
  </message>
  <message>
   <source>{offset} of {size}</source>
   <translation>{offset} / {size}</translation>
  </message>
 </context>
 <context>
  <name>RequestView</name>
  <message>
   <source>As a Python program</source>
   <translation>复制为 Python 程序</translation>
  </message>
  <message>
   <source>As cURL</source>
   <translation>复制为 cURL</translation>
  </message>
  <message>
   <source>As raw HTTP</source>
   <translation>复制为原始 HTTP</translation>
  </message>
  <message>
   <source>Attempt</source>
   <translation>尝试</translation>
  </message>
  <message>
   <source>Attempt {number}</source>
   <translation>第 {number} 次尝试</translation>
  </message>
  <message>
   <source>Copied; secrets are masked.</source>
   <translation>已复制；机密已遮盖。</translation>
  </message>
  <message>
   <source>Copy</source>
   <translation>复制</translation>
  </message>
  <message>
   <source>Copy the request</source>
   <translation>复制请求</translation>
  </message>
  <message>
   <source>Lay the JSON out; it left as it is shown without</source>
   <translation>展开排版 JSON；发送的内容如未排版时所示</translation>
  </message>
  <message>
   <source>Nothing was sent so far.</source>
   <translation>尚未发送任何内容。</translation>
  </message>
  <message>
   <source>The list below</source>
   <translation>下方的列表</translation>
  </message>
  <message>
   <source>The request as it left</source>
   <translation>发出的请求</translation>
  </message>
  <message>
   <source>What is shown</source>
   <translation>显示的内容</translation>
  </message>
  <message>
   <source>Where the request's lines come from</source>
   <translation>请求各行的来源</translation>
  </message>
 </context>
 <context>
  <name>RowsDialog</name>
  <message>
   <source>(no name)</source>
   <translation>（无名称）</translation>
  </message>
  <message>
   <source>Add (Ctrl+N)</source>
   <translation>添加（Ctrl+N）</translation>
  </message>
  <message>
   <source>Duplicate (Ctrl+D)</source>
   <translation>复制一份（Ctrl+D）</translation>
  </message>
  <message>
   <source>Remove (Ctrl+Delete)</source>
   <translation>移除（Ctrl+Delete）</translation>
  </message>
  <message>
   <source>Revert</source>
   <translation>还原</translation>
  </message>
  <message>
   <source>Save</source>
   <translation>保存</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>撤销</translation>
  </message>
  <message>
   <source>{name} was removed.</source>
   <translation>{name} 已移除。</translation>
  </message>
  <message>
   <source>{name}, unsaved</source>
   <translation>{name}，未保存</translation>
  </message>
 </context>
 <context>
  <name>RunsView</name>
  <message>
   <source>Choose two runs, then compare their texts, timing and figures.</source>
   <translation>选择两次运行，比较其文本、时序和指标。</translation>
  </message>
  <message>
   <source>Compare two</source>
   <translation>比较两次运行</translation>
  </message>
  <message>
   <source>Copy all as CSV</source>
   <translation>全部复制为 CSV</translation>
  </message>
  <message>
   <source>Open</source>
   <translation>打开</translation>
  </message>
  <message>
   <source>Read {count} of {all} runs</source>
   <translation>已读取 {count} / {all} 次运行</translation>
  </message>
  <message>
   <source>Runs</source>
   <translation>运行</translation>
  </message>
  <message>
   <source>Runs: {count}</source>
   <translation>运行：{count}</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>停止</translation>
  </message>
  <message>
   <source>far from the others: {count}</source>
   <translation>明显偏离其他运行：{count}</translation>
  </message>
  <message>
   <source>{count} of {all} runs, stopped</source>
   <translation>{count} / {all} 次运行，已停止</translation>
  </message>
 </context>
 <context>
  <name>SaidView</name>
  <message>
   <source>Bright: what came from {first} to {last}</source>
   <translation>高亮：从 {first} 到 {last} 到达的内容</translation>
  </message>
  <message>
   <source>Colour slow tokens</source>
   <translation>为缓慢的 token 着色</translation>
  </message>
  <message>
   <source>Copy all text</source>
   <translation>复制全部文本</translation>
  </message>
  <message>
   <source>Copy text with reasoning</source>
   <translation>复制文本和推理</translation>
  </message>
  <message>
   <source>Copy the text</source>
   <translation>复制文本</translation>
  </message>
  <message>
   <source>Find in the text (Ctrl+F)</source>
   <translation>在文本中查找（Ctrl+F）</translation>
  </message>
  <message>
   <source>Render Markdown</source>
   <translation>渲染 Markdown</translation>
  </message>
  <message>
   <source>Show all of it alike</source>
   <translation>取消高亮区间</translation>
  </message>
  <message>
   <source>{size} in {count} pieces</source>
   <translation>{size}，共 {count} 段</translation>
  </message>
 </context>
 <context>
  <name>SaveDialog</name>
  <message>
   <source>A name is missing.</source>
   <translation>缺少名称。</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>取消</translation>
  </message>
  <message>
   <source>Choose a folder for requests</source>
   <translation>选择保存请求的文件夹</translation>
  </message>
  <message>
   <source>Folder</source>
   <translation>文件夹</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>名称</translation>
  </message>
  <message>
   <source>No collection is open: choose a folder to keep requests in.</source>
   <translation>没有打开的集合：请选择一个文件夹来保存请求。</translation>
  </message>
  <message>
   <source>Other folder…</source>
   <translation>其他文件夹…</translation>
  </message>
  <message>
   <source>Save</source>
   <translation>保存</translation>
  </message>
  <message>
   <source>Save the request</source>
   <translation>保存请求</translation>
  </message>
  <message>
   <source>Secrets are not written into the file.</source>
   <translation>机密不会写入文件。</translation>
  </message>
 </context>
 <context>
  <name>SavingView</name>
  <message>
   <source>It was not saved.</source>
   <translation>没有保存。</translation>
  </message>
  <message>
   <source>Save as</source>
   <translation>另存为</translation>
  </message>
  <message>
   <source>Saved as {path}</source>
   <translation>已保存为 {path}</translation>
  </message>
  <message>
   <source>Saving</source>
   <translation>正在保存</translation>
  </message>
  <message>
   <source>Saving {name}…</source>
   <translation>正在保存 {name}…</translation>
  </message>
  <message>
   <source>Stop saving</source>
   <translation>停止保存</translation>
  </message>
 </context>
 <context>
  <name>ScaleDialog</name>
  <message>
   <source>1 to {most}.</source>
   <translation>1 到 {most}。</translation>
  </message>
  <message>
   <source>How many instances of “{name}”?</source>
   <translation>“{name}”需要多少个实例？</translation>
  </message>
  <message>
   <source>Instances</source>
   <translation>实例</translation>
  </message>
  <message>
   <source>Now {now}.</source>
   <translation>当前 {now}。</translation>
  </message>
  <message>
   <source>Now {now}. Instances that go finish what they are answering first.</source>
   <translation>当前 {now}。被移除的实例会先完成正在应答的调用。</translation>
  </message>
  <message>
   <source>Now {now}. New instances take calls as soon as they are ready.</source>
   <translation>当前 {now}。新实例就绪后立即接受调用。</translation>
  </message>
  <message>
   <source>One less</source>
   <translation>减一个</translation>
  </message>
  <message>
   <source>One more</source>
   <translation>加一个</translation>
  </message>
  <message>
   <source>Portion</source>
   <translation>部分</translation>
  </message>
  <message>
   <source>Scale</source>
   <translation>扩缩容</translation>
  </message>
  <message>
   <source>Scale {name}</source>
   <translation>扩缩容 {name}</translation>
  </message>
  <message>
   <source>the only one</source>
   <translation>唯一的部分</translation>
  </message>
 </context>
 <context>
  <name>SearchView</name>
  <message>
   <source>Add a service by its URL…</source>
   <translation>按 URL 添加服务…</translation>
  </message>
  <message>
   <source>Add as a service</source>
   <translation>添加为服务</translation>
  </message>
  <message>
   <source>Add the URL as a service</source>
   <translation>将 URL 添加为服务</translation>
  </message>
  <message>
   <source>Details (F4)</source>
   <translation>详情（F4）</translation>
  </message>
  <message>
   <source>Filter the services</source>
   <translation>筛选服务</translation>
  </message>
  <message>
   <source>Filter, or paste a URL</source>
   <translation>筛选，或粘贴 URL</translation>
  </message>
  <message>
   <source>Name, id, status or tag; also status:running, auth:token, tag:blue</source>
   <translation>名称、ID、状态或标签；也可用 status:running、auth:token、tag:blue</translation>
  </message>
  <message>
   <source>Refresh the services (F5)</source>
   <translation>刷新服务（F5）</translation>
  </message>
  <message>
   <source>Services</source>
   <translation>服务</translation>
  </message>
  <message>
   <source>Stop reading the services</source>
   <translation>停止读取服务</translation>
  </message>
  <message>
   <source>{shown} of {all}</source>
   <translation>{shown} / {all}</translation>
  </message>
 </context>
 <context>
  <name>SecretEditor</name>
  <message>
   <source>Show {field}</source>
   <translation>显示“{field}”</translation>
  </message>
 </context>
 <context>
  <name>SecretView</name>
  <message>
   <source>Copy {what}</source>
   <translation>复制 {what}</translation>
  </message>
  <message>
   <source>Show {what}</source>
   <translation>显示 {what}</translation>
  </message>
 </context>
 <context>
  <name>SectionForm</name>
  <message>
   <source>Less</source>
   <translation>收起</translation>
  </message>
  <message>
   <source>More ({count})</source>
   <translation>更多（{count}）</translation>
  </message>
  <message>
   <source>This is needed.</source>
   <translation>此项必填。</translation>
  </message>
  <message>
   <source>{title} ({count})</source>
   <translation>{title}（{count}）</translation>
  </message>
 </context>
 <context>
  <name>SectionView</name>
  <message>
   <source>Being read</source>
   <translation>正在读取</translation>
  </message>
  <message>
   <source>Being read…</source>
   <translation>正在读取…</translation>
  </message>
  <message>
   <source>Reading was stopped.</source>
   <translation>读取已停止。</translation>
  </message>
  <message>
   <source>Stop reading</source>
   <translation>停止读取</translation>
  </message>
  <message>
   <source>Try again</source>
   <translation>重试</translation>
  </message>
 </context>
 <context>
  <name>ServiceDelegate</name>
  <message>
   <source>gone</source>
   <translation>已消失</translation>
  </message>
 </context>
 <context>
  <name>ServiceView</name>
  <message>
   <source>Access matrix</source>
   <translation>访问矩阵</translation>
  </message>
  <message>
   <source>Copy the id</source>
   <translation>复制 ID</translation>
  </message>
  <message>
   <source>Its platform does not know it any more. Requests for it stay, but cannot be sent.</source>
   <translation>其平台已不再认识它。针对它的请求会保留，但无法发送。</translation>
  </message>
  <message>
   <source>Parts of the service's page</source>
   <translation>服务页面的各部分</translation>
  </message>
  <message>
   <source>Restart an instance…</source>
   <translation>重启实例…</translation>
  </message>
  <message>
   <source>Switch to another version…</source>
   <translation>切换到其他版本…</translation>
  </message>
  <message>
   <source>The service was deleted.</source>
   <translation>服务已被删除。</translation>
  </message>
  <message>
   <source>Use it in a request</source>
   <translation>用于请求</translation>
  </message>
 </context>
 <context>
  <name>ServicesModel</name>
  <message>
   <source>Known as of {when}; not read since.</source>
   <translation>截至 {when} 的信息；此后未再读取。</translation>
  </message>
 </context>
 <context>
  <name>ServicesPane</name>
  <message>
   <source>No services yet. Paste a URL above, or add a workspace to list a platform's services.</source>
   <translation>还没有服务。在上方粘贴 URL，或添加工作区以列出平台的服务。</translation>
  </message>
  <message>
   <source>Nothing matches. Name, id, status or tag are looked at; Esc shows all.</source>
   <translation>没有匹配项。按名称、ID、状态或标签查找；按 Esc 显示全部。</translation>
  </message>
  <message>
   <source>The services are being read</source>
   <translation>正在读取服务</translation>
  </message>
 </context>
 <context>
  <name>ServicesView</name>
  <message>
   <source>Workspaces and services</source>
   <translation>工作区和服务</translation>
  </message>
 </context>
 <context>
  <name>Session</name>
  <message>
   <source>Access matrix</source>
   <translation>访问矩阵</translation>
  </message>
  <message>
   <source>Keyring: ready</source>
   <translation>密钥环：就绪</translation>
  </message>
  <message>
   <source>No keyring: secrets in memory only</source>
   <translation>无密钥环：机密仅在内存中</translation>
  </message>
  <message>
   <source>request</source>
   <translation>请求</translation>
  </message>
 </context>
 <context>
  <name>SettingRowView</name>
  <message>
   <source>Choose a folder</source>
   <translation>选择文件夹</translation>
  </message>
  <message>
   <source>Reset {setting}</source>
   <translation>重置“{setting}”</translation>
  </message>
 </context>
 <context>
  <name>SettingView</name>
  <message>
   <source>Back to the default: {label}</source>
   <translation>恢复默认值：{label}</translation>
  </message>
 </context>
 <context>
  <name>SettingsDialog</name>
  <message>
   <source>Settings</source>
   <translation>设置</translation>
  </message>
 </context>
 <context>
  <name>SettingsForm</name>
  <message>
   <source>Settings of this request</source>
   <translation>此请求的设置</translation>
  </message>
 </context>
 <context>
  <name>SettingsPane</name>
  <message>
   <source>Keyboard</source>
   <translation>键盘</translation>
  </message>
  <message>
   <source>No setting is called so.</source>
   <translation>没有这样的设置。</translation>
  </message>
  <message>
   <source>Open {place}</source>
   <translation>打开“{place}”</translation>
  </message>
  <message>
   <source>Profile</source>
   <translation>配置目录</translation>
  </message>
  <message>
   <source>Search the settings</source>
   <translation>搜索设置</translation>
  </message>
  <message>
   <source>Settings file</source>
   <translation>设置文件</translation>
  </message>
  <message>
   <source>The settings file is readable TOML: edit it, and it counts when this window comes to the front.</source>
   <translation>设置文件是可读的 TOML：编辑后，此窗口回到前台时即生效。</translation>
  </message>
  <message>
   <source>Where things are</source>
   <translation>各文件的位置</translation>
  </message>
 </context>
 <context>
  <name>SheetView</name>
  <message>
   <source>Copy</source>
   <translation>复制</translation>
  </message>
  <message>
   <source>Copy all</source>
   <translation>全部复制</translation>
  </message>
  <message>
   <source>Copy name</source>
   <translation>复制名称</translation>
  </message>
  <message>
   <source>Copy value</source>
   <translation>复制值</translation>
  </message>
  <message>
   <source>The chosen row</source>
   <translation>选中的行</translation>
  </message>
 </context>
 <context>
  <name>ShortcutsDialog</name>
  <message>
   <source>Go to a request by its number</source>
   <translation>按序号转到请求</translation>
  </message>
  <message>
   <source>Go to a view of the exchange</source>
   <translation>转到交换的某个视图</translation>
  </message>
  <message>
   <source>Send the next message</source>
   <translation>发送下一条消息</translation>
  </message>
  <message>
   <source>Shortcuts</source>
   <translation>快捷键</translation>
  </message>
 </context>
 <context>
  <name>ShortcutsView</name>
  <message>
   <source>Action</source>
   <translation>操作</translation>
  </message>
  <message>
   <source>Actions and their keys</source>
   <translation>操作及其快捷键</translation>
  </message>
  <message>
   <source>Add</source>
   <translation>添加</translation>
  </message>
  <message>
   <source>Choose an action to change its keys.</source>
   <translation>选择一个操作以更改其快捷键。</translation>
  </message>
  <message>
   <source>Find an action by its keys</source>
   <translation>按快捷键查找操作</translation>
  </message>
  <message>
   <source>Find an action by its name</source>
   <translation>按名称查找操作</translation>
  </message>
  <message>
   <source>Give this action its own keys again</source>
   <translation>恢复此操作的默认快捷键</translation>
  </message>
  <message>
   <source>Keys</source>
   <translation>快捷键</translation>
  </message>
  <message>
   <source>Menu</source>
   <translation>菜单</translation>
  </message>
  <message>
   <source>New keys: press them</source>
   <translation>新快捷键：请按下</translation>
  </message>
  <message>
   <source>Reset</source>
   <translation>重置</translation>
  </message>
  <message>
   <source>Reset all keys</source>
   <translation>重置全部快捷键</translation>
  </message>
  <message>
   <source>Take it from there</source>
   <translation>从那里取用</translation>
  </message>
  <message>
   <source>Take {key} away</source>
   <translation>移除 {key}</translation>
  </message>
  <message>
   <source>changed</source>
   <translation>已更改</translation>
  </message>
  <message>
   <source>no keys</source>
   <translation>无快捷键</translation>
  </message>
  <message>
   <source>{key} belongs to “{action}”.</source>
   <translation>{key} 属于“{action}”。</translation>
  </message>
 </context>
 <context>
  <name>StateView</name>
  <message>
   <source>State</source>
   <translation>状态</translation>
  </message>
 </context>
 <context>
  <name>StreamView</name>
  <message>
   <source>All bytes that were received</source>
   <translation>收到的全部字节</translation>
  </message>
  <message>
   <source>event #{number}</source>
   <translation>事件 #{number}</translation>
  </message>
  <message>
   <source>read {number} at {time}</source>
   <translation>读取 {number}，于 {time}</translation>
  </message>
 </context>
 <context>
  <name>StripView</name>
  <message>
   <source>Fit</source>
   <translation>适应窗口</translation>
  </message>
  <message>
   <source>Go to the end</source>
   <translation>转到末尾</translation>
  </message>
  <message>
   <source>Narrow all views to what is seen</source>
   <translation>将所有视图限定到可见时间段</translation>
  </message>
  <message>
   <source>Overview of the stream</source>
   <translation>流的概览</translation>
  </message>
  <message>
   <source>Show all of the time again</source>
   <translation>重新显示全部时间</translation>
  </message>
  <message>
   <source>Strip of the stream</source>
   <translation>流的条带</translation>
  </message>
  <message>
   <source>Zoom in</source>
   <translation>放大</translation>
  </message>
  <message>
   <source>Zoom out</source>
   <translation>缩小</translation>
  </message>
  <message>
   <source>Zoom to the narrowed time</source>
   <translation>缩放到限定的时间段</translation>
  </message>
 </context>
 <context>
  <name>StripsView</name>
  <message>
   <source>Strips of {count} exchanges</source>
   <translation>{count} 个交换的条带</translation>
  </message>
 </context>
 <context>
  <name>SummaryModel</name>
  <message>
   <source>Figure</source>
   <translation>指标</translation>
  </message>
  <message>
   <source>More</source>
   <translation>更多</translation>
  </message>
  <message>
   <source>Value</source>
   <translation>值</translation>
  </message>
 </context>
 <context>
  <name>SummaryView</name>
  <message>
   <source>Choose a figure: its formula, its source and what to mind are told here.</source>
   <translation>选择一项指标：此处说明其公式、来源和注意事项。</translation>
  </message>
  <message>
   <source>Copy</source>
   <translation>复制</translation>
  </message>
  <message>
   <source>Copy all figures</source>
   <translation>复制所有指标</translation>
  </message>
  <message>
   <source>Figures</source>
   <translation>指标</translation>
  </message>
  <message>
   <source>as of {seconds} s</source>
   <translation>截至 {seconds} 秒</translation>
  </message>
 </context>
 <context>
  <name>SwitchEditor</name>
  <message>
   <source>Off</source>
   <translation>关</translation>
  </message>
  <message>
   <source>On</source>
   <translation>开</translation>
  </message>
 </context>
 <context>
  <name>SwitchedRowsModel</name>
  <message>
   <source>Not sent</source>
   <translation>不发送</translation>
  </message>
  <message>
   <source>Sent</source>
   <translation>发送</translation>
  </message>
  <message>
   <source>{count} characters: too long to be edited here.</source>
   <translation>{count} 个字符：过长，无法在此编辑。</translation>
  </message>
 </context>
 <context>
  <name>SwitchedRowsView</name>
  <message>
   <source>Copy the rows</source>
   <translation>复制行</translation>
  </message>
  <message>
   <source>Delete the row</source>
   <translation>删除行</translation>
  </message>
  <message>
   <source>Move the row down</source>
   <translation>下移行</translation>
  </message>
  <message>
   <source>Move the row up</source>
   <translation>上移行</translation>
  </message>
  <message>
   <source>Paste rows</source>
   <translation>粘贴行</translation>
  </message>
  <message>
   <source>Redo</source>
   <translation>重做</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>撤销</translation>
  </message>
 </context>
 <context>
  <name>TextEditor</name>
  <message>
   <source>Suggestions</source>
   <translation>建议</translation>
  </message>
 </context>
 <context>
  <name>TimelineView</name>
  <message>
   <source> · spread over characters: no payload tells of tokens</source>
   <translation> · 按字符分摊：没有载荷给出 token</translation>
  </message>
  <message>
   <source> · {count} of no length: one read</source>
   <translation> · 其中 {count} 个为零：同一次读取</translation>
  </message>
  <message>
   <source>Gaps</source>
   <translation>间隔</translation>
  </message>
  <message>
   <source>Go to the end and follow it (End)</source>
   <translation>转到末尾并跟随（End）</translation>
  </message>
  <message>
   <source>How long the gaps were</source>
   <translation>间隔的分布</translation>
  </message>
  <message>
   <source>Show all of it (0)</source>
   <translation>显示全部（0）</translation>
  </message>
  <message>
   <source>So far</source>
   <translation>累计</translation>
  </message>
  <message>
   <source>Stream</source>
   <translation>流</translation>
  </message>
  <message>
   <source>What came by when</source>
   <translation>累计到达量</translation>
  </message>
  <message>
   <source>What the height of a tick is</source>
   <translation>刻线高度的含义</translation>
  </message>
  <message>
   <source>Zoom in (+)</source>
   <translation>放大（+）</translation>
  </message>
  <message>
   <source>Zoom out (−)</source>
   <translation>缩小（−）</translation>
  </message>
  <message>
   <source>between messages</source>
   <translation>消息之间</translation>
  </message>
  <message>
   <source>between reads</source>
   <translation>读取之间</translation>
  </message>
  <message>
   <source>between tokens</source>
   <translation>token 之间</translation>
  </message>
  <message>
   <source>bytes</source>
   <translation>字节</translation>
  </message>
  <message>
   <source>characters</source>
   <translation>字符</translation>
  </message>
  <message>
   <source>messages</source>
   <translation>消息</translation>
  </message>
  <message>
   <source>no gaps yet</source>
   <translation>尚无间隔</translation>
  </message>
  <message>
   <source>nothing came yet</source>
   <translation>尚无内容到达</translation>
  </message>
  <message>
   <source>socket reads</source>
   <translation>套接字读取</translation>
  </message>
  <message>
   <source>tokens</source>
   <translation>token</translation>
  </message>
  <message>
   <source>{count} gaps</source>
   <translation>{count} 个间隔</translation>
  </message>
  <message>
   <source>{count} in {time}</source>
   <translation>{time} 内 {count}</translation>
  </message>
 </context>
 <context>
  <name>TimerPanel</name>
  <message>
   <source>A time from 1 ms to an hour, and a number or nothing.</source>
   <translation>时间从 1 ms 到一小时，次数为数字或留空。</translation>
  </message>
  <message>
   <source>How often; empty for until it is stopped</source>
   <translation>发送次数；留空则直到停止</translation>
  </message>
  <message>
   <source>In ms or s: 20, 250 ms, 1.5 s</source>
   <translation>以 ms 或 s 计：20、250 ms、1.5 s</translation>
  </message>
  <message>
   <source>Send on a timer</source>
   <translation>定时发送</translation>
  </message>
  <message>
   <source>Start</source>
   <translation>启动</translation>
  </message>
  <message>
   <source>Start the timer</source>
   <translation>启动定时发送</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>停止</translation>
  </message>
  <message>
   <source>Stop the timer</source>
   <translation>停止定时发送</translation>
  </message>
  <message>
   <source>Time between two messages</source>
   <translation>两条消息之间的时间</translation>
  </message>
  <message>
   <source>What is in the box is sent again and again; variables are filled each time.</source>
   <translation>反复发送输入框中的内容；每次都会填入变量。</translation>
  </message>
  <message>
   <source>every</source>
   <translation>每隔</translation>
  </message>
  <message>
   <source>every {time} measured</source>
   <translation>实测每隔 {time}</translation>
  </message>
  <message>
   <source>times</source>
   <translation>次数</translation>
  </message>
  <message>
   <source>until stopped</source>
   <translation>直到停止</translation>
  </message>
  <message>
   <source>{count} late, by {time} at most</source>
   <translation>{count} 次延迟，最多 {time}</translation>
  </message>
  <message>
   <source>{count} left out: no connection</source>
   <translation>{count} 次略过：没有连接</translation>
  </message>
  <message>
   <source>{sent} of {times} sent</source>
   <translation>已发送 {sent} / {times}</translation>
  </message>
  <message>
   <source>{sent} sent</source>
   <translation>已发送 {sent}</translation>
  </message>
 </context>
 <context>
  <name>TokenLifeView</name>
  <message>
   <source>Signing in…</source>
   <translation>正在登录…</translation>
  </message>
  <message>
   <source>The token of {workspace}; click to sign in again</source>
   <translation>{workspace} 的 Token；点击可重新登录</translation>
  </message>
  <message>
   <source>Token: over</source>
   <translation>Token：已过期</translation>
  </message>
  <message>
   <source>Token: {hours} h {minutes} min</source>
   <translation>Token：{hours} 小时 {minutes} 分钟</translation>
  </message>
  <message>
   <source>Token: {minutes} min</source>
   <translation>Token：{minutes} 分钟</translation>
  </message>
 </context>
 <context>
  <name>TokenView</name>
  <message>
   <source>A new one is got with the next call.</source>
   <translation>下次调用时获取新的。</translation>
  </message>
  <message>
   <source>Forget</source>
   <translation>清除</translation>
  </message>
  <message>
   <source>Forget the token</source>
   <translation>清除 Token</translation>
  </message>
  <message>
   <source>Get a new one now</source>
   <translation>立即获取新的</translation>
  </message>
  <message>
   <source>Getting a new one…</source>
   <translation>正在获取新的…</translation>
  </message>
  <message>
   <source>It is got with the first call.</source>
   <translation>首次调用时获取。</translation>
  </message>
  <message>
   <source>No token in this session yet</source>
   <translation>本次会话中还没有 Token</translation>
  </message>
  <message>
   <source>The token's life is over</source>
   <translation>Token 已过期</translation>
  </message>
  <message>
   <source>Token</source>
   <translation>Token</translation>
  </message>
  <message>
   <source>fetched {fetched}, until {until}</source>
   <translation>获取于 {fetched}，有效期至 {until}</translation>
  </message>
  <message>
   <source>until {until}</source>
   <translation>有效期至 {until}</translation>
  </message>
  <message>
   <source>{hours} h {minutes} min left</source>
   <translation>剩余 {hours} 小时 {minutes} 分钟</translation>
  </message>
  <message>
   <source>{minutes} min left</source>
   <translation>剩余 {minutes} 分钟</translation>
  </message>
 </context>
 <context>
  <name>TreeView</name>
  <message>
   <source>Reading how it is built…</source>
   <translation>正在读取其结构…</translation>
  </message>
 </context>
 <context>
  <name>UndoView</name>
  <message>
   <source>Bring back what was deleted</source>
   <translation>恢复已删除的内容</translation>
  </message>
  <message>
   <source>Close</source>
   <translation>关闭</translation>
  </message>
  <message>
   <source>Deleted {name}</source>
   <translation>已删除 {name}</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>撤销</translation>
  </message>
 </context>
 <context>
  <name>UnsavedView</name>
  <message>
   <source>Discard</source>
   <translation>放弃</translation>
  </message>
  <message>
   <source>Keep editing</source>
   <translation>继续编辑</translation>
  </message>
  <message>
   <source>Save all</source>
   <translation>全部保存</translation>
  </message>
  <message>
   <source>Unsaved changes: {count}</source>
   <translation>未保存的更改：{count}</translation>
  </message>
 </context>
 <context>
  <name>ValueDialog</name>
  <message>
   <source>All of the value</source>
   <translation>完整的值</translation>
  </message>
 </context>
 <context>
  <name>VariableMarks</name>
  <message>
   <source>'{name}' has no value: the request cannot be sent.</source>
   <translation>“{name}”没有值：请求无法发送。</translation>
  </message>
  <message>
   <source>No environment is chosen: {text} is sent as it is.</source>
   <translation>未选择环境：{text} 按原样发送。</translation>
  </message>
  <message>
   <source>empty</source>
   <translation>空</translation>
  </message>
  <message>
   <source>from {source}</source>
   <translation>来自 {source}</translation>
  </message>
  <message>
   <source>secret, kept in the keyring</source>
   <translation>机密，保存在密钥环中</translation>
  </message>
 </context>
 <context>
  <name>VariablesTableModel</name>
  <message>
   <source>A secret's value is kept in the keyring, never in a file</source>
   <translation>机密的值保存在密钥环中，绝不写入文件</translation>
  </message>
  <message>
   <source>A variable has no name.</source>
   <translation>有变量没有名称。</translation>
  </message>
  <message>
   <source>Another one of this name, further down, counts.</source>
   <translation>以下方的同名变量为准。</translation>
  </message>
  <message>
   <source>Give it one, or delete its row.</source>
   <translation>请为其命名，或删除该行。</translation>
  </message>
  <message>
   <source>Its value is kept in the keyring. Type another one to replace it.</source>
   <translation>其值保存在密钥环中。输入新值即可替换。</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>名称</translation>
  </message>
  <message>
   <source>New variable</source>
   <translation>新建变量</translation>
  </message>
  <message>
   <source>On</source>
   <translation>开</translation>
  </message>
  <message>
   <source>One that is off counts as not there</source>
   <translation>关闭的变量视为不存在</translation>
  </message>
  <message>
   <source>Secret</source>
   <translation>机密</translation>
  </message>
  <message>
   <source>Value</source>
   <translation>值</translation>
  </message>
  <message>
   <source>What is put in its place; it may hold other variables</source>
   <translation>用来替换的内容；可以包含其他变量</translation>
  </message>
  <message>
   <source>What stands between the braces</source>
   <translation>花括号之间的内容</translation>
  </message>
 </context>
 <context>
  <name>VariablesView</name>
  <message>
   <source>Variables</source>
   <translation>变量</translation>
  </message>
 </context>
 <context>
  <name>VersionsView</name>
  <message>
   <source>Choose a version in the table.</source>
   <translation>请在表中选择一个版本。</translation>
  </message>
  <message>
   <source>Note</source>
   <translation>备注</translation>
  </message>
  <message>
   <source>Portion</source>
   <translation>部分</translation>
  </message>
  <message>
   <source>Status</source>
   <translation>状态</translation>
  </message>
  <message>
   <source>The platform tells of no versions.</source>
   <translation>平台没有给出版本。</translation>
  </message>
  <message>
   <source>This version is running now.</source>
   <translation>当前运行的就是此版本。</translation>
  </message>
  <message>
   <source>Time</source>
   <translation>时间</translation>
  </message>
  <message>
   <source>Version</source>
   <translation>版本</translation>
  </message>
  <message>
   <source>now</source>
   <translation>现在</translation>
  </message>
 </context>
 <context>
  <name>ViewTabs</name>
  <message>
   <source>All views</source>
   <translation>所有视图</translation>
  </message>
 </context>
 <context>
  <name>WaterfallView</name>
  <message>
   <source>Nothing was sent so far.</source>
   <translation>尚未发送任何内容。</translation>
  </message>
  <message>
   <source>Phases of the connection in time</source>
   <translation>连接各阶段的时间</translation>
  </message>
 </context>
 <context>
  <name>Window</name>
  <message>
   <source>
Waited too long for {what}.
</source>
   <translation>
等待 {what} 的时间过长。
</translation>
  </message>
  <message>
   <source>A chat over Server-Sent Events: choose the service, press Ctrl+Return</source>
   <translation>基于 Server-Sent Events 的对话：选择服务，按 Ctrl+Return</translation>
  </message>
  <message>
   <source>Collections</source>
   <translation>集合</translation>
  </message>
  <message>
   <source>History</source>
   <translation>历史</translation>
  </message>
  <message>
   <source>Kept in {folder}</source>
   <translation>保存在 {folder}</translation>
  </message>
  <message>
   <source>Preview</source>
   <translation>预览</translation>
  </message>
  <message>
   <source>Services</source>
   <translation>服务</translation>
  </message>
  <message>
   <source>Starting…</source>
   <translation>正在启动…</translation>
  </message>
  <message>
   <source>Streamscope</source>
   <translation>Streamscope</translation>
  </message>
  <message>
   <source>The access matrix: every combination that the sandbox offers</source>
   <translation>访问矩阵：沙箱提供的每一种组合</translation>
  </message>
  <message>
   <source>The answer's text was copied.</source>
   <translation>已复制响应的文本。</translation>
  </message>
  <message>
   <source>The same prompt over a WebSocket, its handshake signed with AK/SK</source>
   <translation>同一提示词通过 WebSocket 发送，握手使用 AK/SK 签名</translation>
  </message>
  <message>
   <source>the answer's end</source>
   <translation>响应的结束</translation>
  </message>
  <message>
   <source>the connection's end</source>
   <translation>连接的结束</translation>
  </message>
  <message>
   <source>the sandbox's services</source>
   <translation>沙箱的服务</translation>
  </message>
  <message>
   <source>the stream's end</source>
   <translation>流的结束</translation>
  </message>
  <message>
   <source>the stream's middle</source>
   <translation>流的中途</translation>
  </message>
  <message>
   <source>{choices}: {word}, status {status}, first byte {ttfb}, first token {ttft}, {messages} messages, {bytes} in {total}</source>
   <translation>{choices}：{word}，状态 {status}，首字节 {ttfb}，首个 token {ttft}，{messages} 条消息，{bytes}，共 {total}</translation>
  </message>
  <message>
   <source>{green} green, {red} failed, {missing} not offered</source>
   <translation>{green} 成功，{red} 失败，{missing} 未提供</translation>
  </message>
 </context>
 <context>
  <name>WorkspaceForm</name>
  <message>
   <source>Connection</source>
   <translation>连接</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>名称</translation>
  </message>
  <message>
   <source>Name *</source>
   <translation>名称 *</translation>
  </message>
  <message>
   <source>None: typed, kept or set elsewhere</source>
   <translation>无：手动输入，或在别处保存、设置</translation>
  </message>
  <message>
   <source>Open the credentials</source>
   <translation>打开凭据</translation>
  </message>
  <message>
   <source>Place</source>
   <translation>位置</translation>
  </message>
  <message>
   <source>Platform</source>
   <translation>平台</translation>
  </message>
  <message>
   <source>Signs in as</source>
   <translation>登录身份</translation>
  </message>
  <message>
   <source>Trust it no more</source>
   <translation>不再信任</translation>
  </message>
  <message>
   <source>Trusted certificate {number}</source>
   <translation>信任的证书 {number}</translation>
  </message>
  <message>
   <source>Trusted certificates (SHA-256)</source>
   <translation>信任的证书（SHA-256）</translation>
  </message>
  <message>
   <source>{name} (not there any more)</source>
   <translation>{name}（已不存在）</translation>
  </message>
  <message>
   <source>{name} — {kind}</source>
   <translation>{name} — {kind}</translation>
  </message>
 </context>
 <context>
  <name>WorkspacesDialog</name>
  <message>
   <source>Move down (Alt+Down)</source>
   <translation>下移（Alt+Down）</translation>
  </message>
  <message>
   <source>Move up (Alt+Up)</source>
   <translation>上移（Alt+Up）</translation>
  </message>
  <message>
   <source>New workspace</source>
   <translation>新建工作区</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>停止</translation>
  </message>
  <message>
   <source>Stopped.</source>
   <translation>已停止。</translation>
  </message>
  <message>
   <source>Test connection</source>
   <translation>测试连接</translation>
  </message>
  <message>
   <source>Testing…</source>
   <translation>正在测试…</translation>
  </message>
  <message>
   <source>The chain breaks.</source>
   <translation>链路中断。</translation>
  </message>
  <message>
   <source>The chain holds.</source>
   <translation>链路完好。</translation>
  </message>
  <message>
   <source>Workspaces</source>
   <translation>工作区</translation>
  </message>
 </context>
 <context>
  <name>_VariableDelegate</name>
  <message>
   <source>Name</source>
   <translation>名称</translation>
  </message>
  <message>
   <source>Type another value</source>
   <translation>输入新值</translation>
  </message>
  <message>
   <source>Value</source>
   <translation>值</translation>
  </message>
 </context>
 <context>
  <name>_Work</name>
  <message>
   <source>Stop</source>
   <translation>停止</translation>
  </message>
 </context>
 <context>
  <name>close codes</name>
  <message>
   <source>3000 to 3999 are registered with IANA.</source>
   <translation>3000 至 3999 在 IANA 注册。</translation>
  </message>
  <message>
   <source>4000 to 4999 are for what both sides agreed on.</source>
   <translation>4000 至 4999 用于双方自行约定的含义。</translation>
  </message>
  <message>
   <source>A gateway got no good answer.</source>
   <translation>网关没有得到正常的响应。</translation>
  </message>
  <message>
   <source>A kind of data came that is not taken.</source>
   <translation>收到了不接受的数据类型。</translation>
  </message>
  <message>
   <source>A message breaks a rule of this side.</source>
   <translation>消息违反了本端的规则。</translation>
  </message>
  <message>
   <source>A message was not what its kind says: text that is no UTF-8.</source>
   <translation>消息内容与其类型不符：文本不是 UTF-8。</translation>
  </message>
  <message>
   <source>A message was too big.</source>
   <translation>消息过大。</translation>
  </message>
  <message>
   <source>All was done.</source>
   <translation>全部已完成。</translation>
  </message>
  <message>
   <source>An empty close frame; the other side sees 1005.</source>
   <translation>空的关闭帧；对方看到的是 1005。</translation>
  </message>
  <message>
   <source>An extension that is needed was not agreed on.</source>
   <translation>没有协商到所需的扩展。</translation>
  </message>
  <message>
   <source>The other side broke the protocol.</source>
   <translation>对方违反了协议。</translation>
  </message>
  <message>
   <source>The service restarts; it is a server that says so.</source>
   <translation>服务正在重启；由服务器使用。</translation>
  </message>
  <message>
   <source>This side failed; it is a server that says so.</source>
   <translation>本端出错；由服务器使用。</translation>
  </message>
  <message>
   <source>This side goes away, as a page that is left.</source>
   <translation>本端离开，例如页面被关闭。</translation>
  </message>
  <message>
   <source>Too busy: try again later; it is a server that says so.</source>
   <translation>过忙：请稍后重试；由服务器使用。</translation>
  </message>
 </context>
 <context>
  <name>code</name>
  <message>
   <source>Line {line}, column {column}: {what}. It can be sent all the same.</source>
   <translation>第 {line} 行，第 {column} 列：{what}。仍然可以发送。</translation>
  </message>
 </context>
 <context>
  <name>compare</name>
  <message>
   <source>An exchange without a request</source>
   <translation>没有请求的交换</translation>
  </message>
  <message>
   <source>Better</source>
   <translation>更优</translation>
  </message>
  <message>
   <source>Figure</source>
   <translation>指标</translation>
  </message>
  <message>
   <source>better</source>
   <translation>更优</translation>
  </message>
 </context>
 <context>
  <name>conversation</name>
  <message>
   <source>Closed by the server</source>
   <translation>由服务器关闭</translation>
  </message>
  <message>
   <source>Closed from here</source>
   <translation>由本端关闭</translation>
  </message>
  <message>
   <source>Connection open</source>
   <translation>连接已打开</translation>
  </message>
  <message>
   <source>Failed: {why}</source>
   <translation>失败：{why}</translation>
  </message>
  <message>
   <source>Gap of {time}: connection {number}</source>
   <translation>中断 {time}：第 {number} 个连接</translation>
  </message>
  <message>
   <source>Lost: {why} · try {number} in {time}</source>
   <translation>丢失：{why} · {time} 后进行第 {number} 次尝试</translation>
  </message>
  <message>
   <source>Lost: {why} · try {number} of {tries} in {time}</source>
   <translation>丢失：{why} · {time} 后进行第 {number} 次尝试，共 {tries} 次</translation>
  </message>
  <message>
   <source>Stopped from here</source>
   <translation>由本端停止</translation>
  </message>
  <message>
   <source>The connection was cut</source>
   <translation>连接被切断</translation>
  </message>
  <message>
   <source>The handshake was answered with {status}</source>
   <translation>握手得到的应答为 {status}</translation>
  </message>
  <message>
   <source>answered with a pong</source>
   <translation>已以 pong 应答</translation>
  </message>
  <message>
   <source>binary</source>
   <translation>二进制</translation>
  </message>
  <message>
   <source>body</source>
   <translation>正文</translation>
  </message>
  <message>
   <source>close frame from the server</source>
   <translation>来自服务器的关闭帧</translation>
  </message>
  <message>
   <source>close frame sent</source>
   <translation>已发送关闭帧</translation>
  </message>
  <message>
   <source>compressed to {size}</source>
   <translation>压缩为 {size}</translation>
  </message>
  <message>
   <source>cut off</source>
   <translation>被截断</translation>
  </message>
  <message>
   <source>empty</source>
   <translation>空</translation>
  </message>
  <message>
   <source>many fragments</source>
   <translation>大量分片</translation>
  </message>
  <message>
   <source>no UTF-8</source>
   <translation>不是 UTF-8</translation>
  </message>
  <message>
   <source>ping from the server</source>
   <translation>来自服务器的 ping</translation>
  </message>
  <message>
   <source>ping sent</source>
   <translation>已发送 ping</translation>
  </message>
  <message>
   <source>pong after {time}</source>
   <translation>{time} 后收到 pong</translation>
  </message>
  <message>
   <source>pong sent by hand</source>
   <translation>手动发送的 pong</translation>
  </message>
  <message>
   <source>pong that nobody asked for</source>
   <translation>未经请求的 pong</translation>
  </message>
  <message>
   <source>text</source>
   <translation>文本</translation>
  </message>
  <message>
   <source>the handshake was answered with {status}</source>
   <translation>握手得到的应答为 {status}</translation>
  </message>
  <message>
   <source>without a code</source>
   <translation>没有代码</translation>
  </message>
  <message>
   <source>{count} fragments</source>
   <translation>{count} 个分片</translation>
  </message>
  <message>
   <source>{time} without a message</source>
   <translation>{time} 没有消息</translation>
  </message>
 </context>
 <context>
  <name>credentials</name>
  <message>
   <source>never used</source>
   <translation>从未使用</translation>
  </message>
  <message>
   <source>used today</source>
   <translation>今天使用过</translation>
  </message>
  <message>
   <source>used yesterday</source>
   <translation>昨天使用过</translation>
  </message>
  <message>
   <source>used {days} days ago</source>
   <translation>{days} 天前使用过</translation>
  </message>
 </context>
 <context>
  <name>deploy</name>
  <message>
   <source>(no name)</source>
   <translation>未命名</translation>
  </message>
  <message>
   <source>(nothing yet)</source>
   <translation>尚未选择</translation>
  </message>
  <message>
   <source>Deploy {package} instead</source>
   <translation>改为部署 {package}</translation>
  </message>
  <message>
   <source>Go on with it, or put it away for {package}.</source>
   <translation>请继续编辑，或放弃它以部署 {package}。</translation>
  </message>
  <message>
   <source>Import a model in the platform's console, then read again what can be chosen.</source>
   <translation>请在平台的控制台中导入模型，然后重新读取可选项。</translation>
  </message>
  <message>
   <source>It may have begun all the same: look at the list of services before you try again.</source>
   <translation>它可能仍然已经开始：重试之前请查看服务列表。</translation>
  </message>
  <message>
   <source>Model packages…</source>
   <translation>模型包…</translation>
  </message>
  <message>
   <source>Nobody waits for the platform's answer any more.</source>
   <translation>已不再等待平台的应答。</translation>
  </message>
  <message>
   <source>Register a model package first.</source>
   <translation>请先注册一个模型包。</translation>
  </message>
  <message>
   <source>There is nothing to deploy yet.</source>
   <translation>还没有可部署的内容。</translation>
  </message>
  <message>
   <source>What you typed before is still here.</source>
   <translation>您之前输入的内容仍在此处。</translation>
  </message>
  <message>
   <source>added: {portion}</source>
   <translation>新增：{portion}</translation>
  </message>
  <message>
   <source>no</source>
   <translation>否</translation>
  </message>
  <message>
   <source>taken away: {portion}</source>
   <translation>移除：{portion}</translation>
  </message>
  <message>
   <source>yes</source>
   <translation>是</translation>
  </message>
  <message>
   <source>{count} × {what} on {place}</source>
   <translation>{count} × {what}（{place}）</translation>
  </message>
  <message>
   <source>{name} on {workspace}: {parts}</source>
   <translation>{name}（{workspace}）：{parts}</translation>
  </message>
 </context>
 <context>
  <name>detail</name>
  <message>
   <source>Attempt</source>
   <translation>尝试</translation>
  </message>
  <message>
   <source>Authentication</source>
   <translation>认证</translation>
  </message>
  <message>
   <source>Body framed by</source>
   <translation>正文分界方式</translation>
  </message>
  <message>
   <source>Channel</source>
   <translation>通道</translation>
  </message>
  <message>
   <source>Chunks</source>
   <translation>分块</translation>
  </message>
  <message>
   <source>Close code</source>
   <translation>关闭代码</translation>
  </message>
  <message>
   <source>Content coding</source>
   <translation>内容编码</translation>
  </message>
  <message>
   <source>Control</source>
   <translation>控制</translation>
  </message>
  <message>
   <source>Copy as a C array</source>
   <translation>复制为 C 数组</translation>
  </message>
  <message>
   <source>Copy as base64</source>
   <translation>复制为 base64</translation>
  </message>
  <message>
   <source>Copy as hex</source>
   <translation>复制为十六进制</translation>
  </message>
  <message>
   <source>Copy as text</source>
   <translation>复制为文本</translation>
  </message>
  <message>
   <source>Copy payload</source>
   <translation>复制载荷</translation>
  </message>
  <message>
   <source>Copy payload as hex</source>
   <translation>将载荷复制为十六进制</translation>
  </message>
  <message>
   <source>Copy payloads</source>
   <translation>复制各载荷</translation>
  </message>
  <message>
   <source>Copy row as JSON</source>
   <translation>将行复制为 JSON</translation>
  </message>
  <message>
   <source>Copy rows as CSV</source>
   <translation>将各行复制为 CSV</translation>
  </message>
  <message>
   <source>Copy rows as JSON lines</source>
   <translation>将各行复制为 JSON 行</translation>
  </message>
  <message>
   <source>Copy the request as cURL</source>
   <translation>将请求复制为 cURL</translation>
  </message>
  <message>
   <source>Copy the text it added</source>
   <translation>复制其新增的文本</translation>
  </message>
  <message>
   <source>Copy the text they added</source>
   <translation>复制它们新增的文本</translation>
  </message>
  <message>
   <source>Copy what it says</source>
   <translation>复制其含义</translation>
  </message>
  <message>
   <source>Data</source>
   <translation>数据</translation>
  </message>
  <message>
   <source>Decoded</source>
   <translation>已解码</translation>
  </message>
  <message>
   <source>Detail</source>
   <translation>详情</translation>
  </message>
  <message>
   <source>Direction</source>
   <translation>方向</translation>
  </message>
  <message>
   <source>Ended by</source>
   <translation>结束方</translation>
  </message>
  <message>
   <source>Error</source>
   <translation>错误</translation>
  </message>
  <message>
   <source>Kind</source>
   <translation>类型</translation>
  </message>
  <message>
   <source>On the wire</source>
   <translation>线路上</translation>
  </message>
  <message>
   <source>Payload</source>
   <translation>载荷</translation>
  </message>
  <message>
   <source>Phase</source>
   <translation>阶段</translation>
  </message>
  <message>
   <source>Protocol</source>
   <translation>协议</translation>
  </message>
  <message>
   <source>Read</source>
   <translation>读取</translation>
  </message>
  <message>
   <source>Reads</source>
   <translation>读取</translation>
  </message>
  <message>
   <source>Reason</source>
   <translation>原因</translation>
  </message>
  <message>
   <source>Round trip</source>
   <translation>往返</translation>
  </message>
  <message>
   <source>Rule</source>
   <translation>规则</translation>
  </message>
  <message>
   <source>Says</source>
   <translation>含义</translation>
  </message>
  <message>
   <source>Sent at</source>
   <translation>发送时间</translation>
  </message>
  <message>
   <source>Severity</source>
   <translation>严重程度</translation>
  </message>
  <message>
   <source>Show as: {mode}</source>
   <translation>显示为：{mode}</translation>
  </message>
  <message>
   <source>Show more…</source>
   <translation>显示更多…</translation>
  </message>
  <message>
   <source>Shown by</source>
   <translation>依据</translation>
  </message>
  <message>
   <source>Size</source>
   <translation>大小</translation>
  </message>
  <message>
   <source>Text</source>
   <translation>文本</translation>
  </message>
  <message>
   <source>There is more that is not shown.</source>
   <translation>还有未显示的内容。</translation>
  </message>
  <message>
   <source>This event cannot be read any more: {reason}</source>
   <translation>已无法读取此事件：{reason}</translation>
  </message>
  <message>
   <source>Time, ms</source>
   <translation>时间（毫秒）</translation>
  </message>
  <message>
   <source>Whole</source>
   <translation>完整</translation>
  </message>
  <message>
   <source>begin</source>
   <translation>开始</translation>
  </message>
  <message>
   <source>binary</source>
   <translation>二进制</translation>
  </message>
  <message>
   <source>cut off before its end</source>
   <translation>在结束之前被截断</translation>
  </message>
  <message>
   <source>error</source>
   <translation>错误</translation>
  </message>
  <message>
   <source>id {id}</source>
   <translation>ID {id}</translation>
  </message>
  <message>
   <source>information</source>
   <translation>信息</translation>
  </message>
  <message>
   <source>no</source>
   <translation>否</translation>
  </message>
  <message>
   <source>no, it was cut</source>
   <translation>否，已被截断</translation>
  </message>
  <message>
   <source>read {number}</source>
   <translation>读取 {number}</translation>
  </message>
  <message>
   <source>reads {first}–{last}</source>
   <translation>读取 {first}–{last}</translation>
  </message>
  <message>
   <source>received</source>
   <translation>收到</translation>
  </message>
  <message>
   <source>retry {time}</source>
   <translation>重试 {time}</translation>
  </message>
  <message>
   <source>sent</source>
   <translation>发送</translation>
  </message>
  <message>
   <source>spoken words</source>
   <translation>语音文本</translation>
  </message>
  <message>
   <source>the server's figures</source>
   <translation>服务器的指标</translation>
  </message>
  <message>
   <source>tokens</source>
   <translation>token</translation>
  </message>
  <message>
   <source>took {time}</source>
   <translation>用时 {time}</translation>
  </message>
  <message>
   <source>warning</source>
   <translation>警告</translation>
  </message>
  <message>
   <source>yes</source>
   <translation>是</translation>
  </message>
  <message>
   <source>{count} bytes</source>
   <translation>{count} 字节</translation>
  </message>
  <message>
   <source>{count} frames</source>
   <translation>{count} 帧</translation>
  </message>
  <message>
   <source>{time} after the one before</source>
   <translation>距上一个 {time}</translation>
  </message>
 </context>
 <context>
  <name>events</name>
  <message>
   <source>#</source>
   <translation>#</translation>
  </message>
  <message>
   <source>Comment</source>
   <translation>注释</translation>
  </message>
  <message>
   <source>Comment…</source>
   <translation>注释…</translation>
  </message>
  <message>
   <source>Copy rows</source>
   <translation>复制行</translation>
  </message>
  <message>
   <source>Direction</source>
   <translation>方向</translation>
  </message>
  <message>
   <source>Filter…</source>
   <translation>筛选…</translation>
  </message>
  <message>
   <source>Gap, ms</source>
   <translation>间隔（毫秒）</translation>
  </message>
  <message>
   <source>Go to event…</source>
   <translation>转到事件…</translation>
  </message>
  <message>
   <source>Kind</source>
   <translation>类型</translation>
  </message>
  <message>
   <source>Mark</source>
   <translation>标记</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>名称</translation>
  </message>
  <message>
   <source>Number</source>
   <translation>编号</translation>
  </message>
  <message>
   <source>Payload</source>
   <translation>载荷</translation>
  </message>
  <message>
   <source>Reads</source>
   <translation>读取</translation>
  </message>
  <message>
   <source>Since previous, ms</source>
   <translation>距上一个（毫秒）</translation>
  </message>
  <message>
   <source>Size</source>
   <translation>大小</translation>
  </message>
  <message>
   <source>Take the mark away</source>
   <translation>移除标记</translation>
  </message>
  <message>
   <source>Text</source>
   <translation>文本</translation>
  </message>
  <message>
   <source>This event cannot be read any more: {reason}</source>
   <translation>已无法读取此事件：{reason}</translation>
  </message>
  <message>
   <source>Time of day</source>
   <translation>时刻</translation>
  </message>
  <message>
   <source>Time, ms</source>
   <translation>时间（毫秒）</translation>
  </message>
  <message>
   <source>begin</source>
   <translation>开始</translation>
  </message>
  <message>
   <source>client</source>
   <translation>本端</translation>
  </message>
  <message>
   <source>closed</source>
   <translation>关闭</translation>
  </message>
  <message>
   <source>end</source>
   <translation>结束</translation>
  </message>
  <message>
   <source>failed</source>
   <translation>失败</translation>
  </message>
  <message>
   <source>finding</source>
   <translation>发现</translation>
  </message>
  <message>
   <source>head</source>
   <translation>响应头</translation>
  </message>
  <message>
   <source>message</source>
   <translation>消息</translation>
  </message>
  <message>
   <source>network</source>
   <translation>网络</translation>
  </message>
  <message>
   <source>read</source>
   <translation>读取</translation>
  </message>
  <message>
   <source>request</source>
   <translation>请求</translation>
  </message>
  <message>
   <source>server</source>
   <translation>服务器</translation>
  </message>
  <message>
   <source>trace</source>
   <translation>阶段</translation>
  </message>
  <message>
   <source>unreadable</source>
   <translation>无法读取</translation>
  </message>
  <message>
   <source>user</source>
   <translation>用户</translation>
  </message>
  <message>
   <source>{count} events</source>
   <translation>{count} 个事件</translation>
  </message>
  <message>
   <source>{rate} events/s</source>
   <translation>{rate} 个事件/秒</translation>
  </message>
  <message>
   <source>{size}/s</source>
   <translation>{size}/秒</translation>
  </message>
 </context>
 <context>
  <name>files</name>
  <message>
   <source>it is too large for a message</source>
   <translation>作为消息过大</translation>
  </message>
  <message>
   <source>it may not be read</source>
   <translation>无权读取</translation>
  </message>
  <message>
   <source>this is no file</source>
   <translation>这不是文件</translation>
  </message>
 </context>
 <context>
  <name>findings</name>
  <message>
   <source>Error</source>
   <translation>错误</translation>
  </message>
  <message>
   <source>Note</source>
   <translation>备注</translation>
  </message>
  <message>
   <source>Show event {first}</source>
   <translation>显示事件 {first}</translation>
  </message>
  <message>
   <source>Show {count} events, first {first}</source>
   <translation>显示 {count} 个事件，首个为 {first}</translation>
  </message>
  <message>
   <source>Warning</source>
   <translation>警告</translation>
  </message>
 </context>
 <context>
  <name>library</name>
  <message>
   <source>Close collection</source>
   <translation>关闭集合</translation>
  </message>
  <message>
   <source>Copy as cURL</source>
   <translation>复制为 cURL</translation>
  </message>
  <message>
   <source>Create</source>
   <translation>创建</translation>
  </message>
  <message>
   <source>Delete</source>
   <translation>删除</translation>
  </message>
  <message>
   <source>Duplicate</source>
   <translation>复制一份</translation>
  </message>
  <message>
   <source>New collection…</source>
   <translation>新建集合…</translation>
  </message>
  <message>
   <source>New folder</source>
   <translation>新建文件夹</translation>
  </message>
  <message>
   <source>New request</source>
   <translation>新建请求</translation>
  </message>
  <message>
   <source>Open</source>
   <translation>打开</translation>
  </message>
  <message>
   <source>Open a folder…</source>
   <translation>打开文件夹…</translation>
  </message>
  <message>
   <source>Rename</source>
   <translation>重命名</translation>
  </message>
  <message>
   <source>Send</source>
   <translation>发送</translation>
  </message>
  <message>
   <source>Show in the file manager</source>
   <translation>在文件管理器中显示</translation>
  </message>
 </context>
 <context>
  <name>matrix</name>
  <message>
   <source>CSV, one line a combination</source>
   <translation>CSV，每行一种组合</translation>
  </message>
  <message>
   <source>Compose this combination</source>
   <translation>以此组合编辑请求</translation>
  </message>
  <message>
   <source>Copy</source>
   <translation>复制</translation>
  </message>
  <message>
   <source>Copy cell</source>
   <translation>复制单元格</translation>
  </message>
  <message>
   <source>Failed</source>
   <translation>失败</translation>
  </message>
  <message>
   <source>Fold all services</source>
   <translation>折叠全部服务</translation>
  </message>
  <message>
   <source>JSON</source>
   <translation>JSON</translation>
  </message>
  <message>
   <source>Markdown</source>
   <translation>Markdown</translation>
  </message>
  <message>
   <source>Not called</source>
   <translation>未调用</translation>
  </message>
  <message>
   <source>Not offered</source>
   <translation>未提供</translation>
  </message>
  <message>
   <source>Open its exchange</source>
   <translation>打开其交换</translation>
  </message>
  <message>
   <source>Run everything</source>
   <translation>全部运行</translation>
  </message>
  <message>
   <source>Run the column {protocol}</source>
   <translation>运行“{protocol}”列</translation>
  </message>
  <message>
   <source>Run this cell</source>
   <translation>运行此单元格</translation>
  </message>
  <message>
   <source>Run this row</source>
   <translation>运行此行</translation>
  </message>
  <message>
   <source>Run this service</source>
   <translation>运行此服务</translation>
  </message>
  <message>
   <source>Running</source>
   <translation>运行中</translation>
  </message>
  <message>
   <source>Save</source>
   <translation>保存</translation>
  </message>
  <message>
   <source>Stopped</source>
   <translation>已停止</translation>
  </message>
  <message>
   <source>Unfold all services</source>
   <translation>展开全部服务</translation>
  </message>
  <message>
   <source>Waiting</source>
   <translation>等待</translation>
  </message>
  <message>
   <source>Works</source>
   <translation>可用</translation>
  </message>
  <message>
   <source>first byte after {time}</source>
   <translation>首字节用时 {time}</translation>
  </message>
  <message>
   <source>new</source>
   <translation>新</translation>
  </message>
  <message>
   <source>nothing is offered</source>
   <translation>没有提供任何组合</translation>
  </message>
  <message>
   <source>{change}, before: {was}</source>
   <translation>{change}，之前：{was}</translation>
  </message>
  <message>
   <source>{count} of {all} work</source>
   <translation>{all} 个中 {count} 个可用</translation>
  </message>
 </context>
 <context>
  <name>menus</name>
  <message>
   <source>Appearance</source>
   <translation>外观</translation>
  </message>
  <message>
   <source>As the system</source>
   <translation>跟随系统</translation>
  </message>
  <message>
   <source>Dark</source>
   <translation>深色</translation>
  </message>
  <message>
   <source>Light</source>
   <translation>浅色</translation>
  </message>
 </context>
 <context>
  <name>messages</name>
  <message>
   <source>half a byte: one more hex digit is needed</source>
   <translation>半个字节：还需要一位十六进制数字</translation>
  </message>
  <message>
   <source>the base64 is not complete</source>
   <translation>base64 不完整</translation>
  </message>
  <message>
   <source>{char} does not occur in base64</source>
   <translation>{char} 不会出现在 base64 中</translation>
  </message>
  <message>
   <source>{char} is no hex digit</source>
   <translation>{char} 不是十六进制数字</translation>
  </message>
 </context>
 <context>
  <name>pairs</name>
  <message>
   <source>Name</source>
   <translation>名称</translation>
  </message>
  <message>
   <source>Value</source>
   <translation>值</translation>
  </message>
 </context>
 <context>
  <name>palette</name>
  <message>
   <source>Find a request</source>
   <translation>查找请求</translation>
  </message>
  <message>
   <source>Find an action, a service, a request or an exchange</source>
   <translation>查找操作、服务、请求或交换</translation>
  </message>
  <message>
   <source>open request</source>
   <translation>打开的请求</translation>
  </message>
 </context>
 <context>
  <name>request</name>
  <message>
   <source>Algorithm</source>
   <translation>算法</translation>
  </message>
  <message>
   <source>Answer</source>
   <translation>响应</translation>
  </message>
  <message>
   <source>Authentication</source>
   <translation>认证</translation>
  </message>
  <message>
   <source>Body</source>
   <translation>正文</translation>
  </message>
  <message>
   <source>Body's hash</source>
   <translation>正文的散列值</translation>
  </message>
  <message>
   <source>Channel</source>
   <translation>通道</translation>
  </message>
  <message>
   <source>Date</source>
   <translation>日期</translation>
  </message>
  <message>
   <source>Empty line</source>
   <translation>空行</translation>
  </message>
  <message>
   <source>HTTP version</source>
   <translation>HTTP 版本</translation>
  </message>
  <message>
   <source>How it was called</source>
   <translation>调用方式</translation>
  </message>
  <message>
   <source>Method</source>
   <translation>方法</translation>
  </message>
  <message>
   <source>On the wire</source>
   <translation>线路上</translation>
  </message>
  <message>
   <source>Parts of the body</source>
   <translation>正文的各部分</translation>
  </message>
  <message>
   <source>Path</source>
   <translation>路径</translation>
  </message>
  <message>
   <source>Protocol</source>
   <translation>协议</translation>
  </message>
  <message>
   <source>Query</source>
   <translation>查询</translation>
  </message>
  <message>
   <source>Request's hash</source>
   <translation>请求的散列值</translation>
  </message>
  <message>
   <source>Secrets used</source>
   <translation>使用的机密</translation>
  </message>
  <message>
   <source>Signed headers</source>
   <translation>已签名的头部</translation>
  </message>
  <message>
   <source>WebSocket handshake</source>
   <translation>WebSocket 握手</translation>
  </message>
  <message>
   <source>none</source>
   <translation>无</translation>
  </message>
  <message>
   <source>not recorded</source>
   <translation>未记录</translation>
  </message>
  <message>
   <source>parts: {count}</source>
   <translation>部分：{count}</translation>
  </message>
  <message>
   <source>what the authentication signed</source>
   <translation>认证所签名的内容</translation>
  </message>
 </context>
 <context>
  <name>runs</name>
  <message>
   <source>Came over time</source>
   <translation>到达过程</translation>
  </message>
  <message>
   <source>Far from the median of {median}</source>
   <translation>明显偏离中位数 {median}</translation>
  </message>
  <message>
   <source>First token</source>
   <translation>首个 token</translation>
  </message>
  <message>
   <source>Gap p99</source>
   <translation>间隔 p99</translation>
  </message>
  <message>
   <source>Last token</source>
   <translation>最后一个 token</translation>
  </message>
  <message>
   <source>Median</source>
   <translation>中位数</translation>
  </message>
  <message>
   <source>One token</source>
   <translation>单个 token</translation>
  </message>
  <message>
   <source>Outcome</source>
   <translation>结果</translation>
  </message>
  <message>
   <source>Run</source>
   <translation>运行</translation>
  </message>
  <message>
   <source>Stalls</source>
   <translation>停顿</translation>
  </message>
  <message>
   <source>Tokens</source>
   <translation>token 数</translation>
  </message>
  <message>
   <source>Tokens/s</source>
   <translation>token/秒</translation>
  </message>
  <message>
   <source>Total</source>
   <translation>总计</translation>
  </message>
  <message>
   <source>p10 – p90</source>
   <translation>p10 – p90</translation>
  </message>
 </context>
 <context>
  <name>services</name>
  <message>
   <source>Access matrix</source>
   <translation>访问矩阵</translation>
  </message>
  <message>
   <source>Add a model package…</source>
   <translation>添加模型包…</translation>
  </message>
  <message>
   <source>Add a service by its URL…</source>
   <translation>按 URL 添加服务…</translation>
  </message>
  <message>
   <source>Add to the favourites</source>
   <translation>加入收藏</translation>
  </message>
  <message>
   <source>Authentication</source>
   <translation>认证</translation>
  </message>
  <message>
   <source>Choose</source>
   <translation>选择</translation>
  </message>
  <message>
   <source>Copy the address</source>
   <translation>复制地址</translation>
  </message>
  <message>
   <source>Copy the id</source>
   <translation>复制 ID</translation>
  </message>
  <message>
   <source>Copy the name</source>
   <translation>复制名称</translation>
  </message>
  <message>
   <source>Delete the {count} that were found…</source>
   <translation>删除找到的 {count} 个…</translation>
  </message>
  <message>
   <source>Deploy a service…</source>
   <translation>部署服务…</translation>
  </message>
  <message>
   <source>Details</source>
   <translation>详情</translation>
  </message>
  <message>
   <source>Duplicate</source>
   <translation>复制一份</translation>
  </message>
  <message>
   <source>Edit…</source>
   <translation>编辑…</translation>
  </message>
  <message>
   <source>Favourites</source>
   <translation>收藏</translation>
  </message>
  <message>
   <source>Manage</source>
   <translation>管理</translation>
  </message>
  <message>
   <source>Protocols</source>
   <translation>协议</translation>
  </message>
  <message>
   <source>Read its services again</source>
   <translation>重新读取其服务</translation>
  </message>
  <message>
   <source>Recent</source>
   <translation>最近使用</translation>
  </message>
  <message>
   <source>Remove</source>
   <translation>移除</translation>
  </message>
  <message>
   <source>Remove from the favourites</source>
   <translation>移出收藏</translation>
  </message>
  <message>
   <source>Stop the {count} that were found…</source>
   <translation>停止找到的 {count} 个…</translation>
  </message>
  <message>
   <source>Tags</source>
   <translation>标签</translation>
  </message>
  <message>
   <source>Use {method} {path}</source>
   <translation>使用 {method} {path}</translation>
  </message>
  <message>
   <source>Workspace settings</source>
   <translation>工作区设置</translation>
  </message>
  <message>
   <source>away</source>
   <translation>不可达</translation>
  </message>
  <message>
   <source>folded</source>
   <translation>已折叠</translation>
  </message>
  <message>
   <source>just now</source>
   <translation>刚刚</translation>
  </message>
  <message>
   <source>no name</source>
   <translation>无名称</translation>
  </message>
  <message>
   <source>open</source>
   <translation>已展开</translation>
  </message>
  <message>
   <source>reading…</source>
   <translation>正在读取…</translation>
  </message>
  <message>
   <source>seen {when}</source>
   <translation>见于 {when}</translation>
  </message>
  <message>
   <source>{count} days ago</source>
   <translation>{count} 天前</translation>
  </message>
  <message>
   <source>{count} h ago</source>
   <translation>{count} 小时前</translation>
  </message>
  <message>
   <source>{count} min ago</source>
   <translation>{count} 分钟前</translation>
  </message>
  <message>
   <source>{name} was removed.</source>
   <translation>{name} 已移除。</translation>
  </message>
  <message>
   <source>–</source>
   <translation>–</translation>
  </message>
 </context>
 <context>
  <name>shortcuts</name>
  <message>
   <source>This key is for typing: hold Ctrl or Alt with it.</source>
   <translation>此键用于输入：请与 Ctrl 或 Alt 一起按下。</translation>
  </message>
 </context>
 <context>
  <name>summary</name>
  <message>
   <source>Close: less than 10 % above the limit.</source>
   <translation>临界：高于限制不到 10 %。</translation>
  </message>
  <message>
   <source>Close: less than 10 % below the limit.</source>
   <translation>临界：低于限制不到 10 %。</translation>
  </message>
  <message>
   <source>Connection</source>
   <translation>连接</translation>
  </message>
  <message>
   <source>Copy all as CSV</source>
   <translation>全部复制为 CSV</translation>
  </message>
  <message>
   <source>Copy all as JSON</source>
   <translation>全部复制为 JSON</translation>
  </message>
  <message>
   <source>Copy all as text</source>
   <translation>全部复制为文本</translation>
  </message>
  <message>
   <source>Flow</source>
   <translation>流动</translation>
  </message>
  <message>
   <source>Mind: {warning}</source>
   <translation>注意：{warning}</translation>
  </message>
  <message>
   <source>Moments since Send</source>
   <translation>自发送起的时刻</translation>
  </message>
  <message>
   <source>Objectives</source>
   <translation>目标</translation>
  </message>
  <message>
   <source>Pace</source>
   <translation>速度</translation>
  </message>
  <message>
   <source>Server</source>
   <translation>服务器</translation>
  </message>
  <message>
   <source>Source: {source}</source>
   <translation>来源：{source}</translation>
  </message>
  <message>
   <source>Tokens</source>
   <translation>token</translation>
  </message>
  <message>
   <source>no</source>
   <translation>否</translation>
  </message>
  <message>
   <source>yes</source>
   <translation>是</translation>
  </message>
  <message>
   <source>{value} of at least {limit}</source>
   <translation>{value}，至少 {limit}</translation>
  </message>
  <message>
   <source>{value} of {limit}</source>
   <translation>{value} / {limit}</translation>
  </message>
  <message>
   <source>{verdict} so far</source>
   <translation>目前{verdict}</translation>
  </message>
 </context>
 <context>
  <name>text</name>
  <message>
   <source>Event {number}</source>
   <translation>事件 {number}</translation>
  </message>
  <message>
   <source>[image, not loaded: {address}]</source>
   <translation>[图片，未加载：{address}]</translation>
  </message>
  <message>
   <source>gap {time}</source>
   <translation>间隔 {time}</translation>
  </message>
  <message>
   <source>{time} after Send</source>
   <translation>发送后 {time}</translation>
  </message>
 </context>
 <context>
  <name>texts</name>
  <message>
   <source>{count} B</source>
   <translation>{count} B</translation>
  </message>
 </context>
 <context>
  <name>timeline</name>
  <message>
   <source>#{number} · {kind}</source>
   <translation>#{number} · {kind}</translation>
  </message>
  <message>
   <source>Bursts: {count}.</source>
   <translation>成批：{count}。</translation>
  </message>
  <message>
   <source>Chosen: {event}.</source>
   <translation>所选：{event}。</translation>
  </message>
  <message>
   <source>Drawing (SVG)…</source>
   <translation>矢量图（SVG）…</translation>
  </message>
  <message>
   <source>Ended at {time}.</source>
   <translation>结束于 {time}。</translation>
  </message>
  <message>
   <source>Figures (CSV)…</source>
   <translation>数据（CSV）…</translation>
  </message>
  <message>
   <source>First token at {time}.</source>
   <translation>首个 token 于 {time}。</translation>
  </message>
  <message>
   <source>Narrowed to {start} to {stop}.</source>
   <translation>限定为 {start} 至 {stop}。</translation>
  </message>
  <message>
   <source>No events</source>
   <translation>没有事件</translation>
  </message>
  <message>
   <source>Picture (PNG)…</source>
   <translation>图片（PNG）…</translation>
  </message>
  <message>
   <source>Reconnected: {count}.</source>
   <translation>重连：{count}。</translation>
  </message>
  <message>
   <source>Shown: {start} to {stop}.</source>
   <translation>显示：{start} 至 {stop}。</translation>
  </message>
  <message>
   <source>Stalls: {count}, the longest {time}.</source>
   <translation>停顿：{count}，最长 {time}。</translation>
  </message>
  <message>
   <source>TLS</source>
   <translation>TLS</translation>
  </message>
  <message>
   <source>Waiting for the first event…</source>
   <translation>正在等待第一个事件…</translation>
  </message>
  <message>
   <source>bytes received</source>
   <translation>收到的字节</translation>
  </message>
  <message>
   <source>bytes sent</source>
   <translation>发送的字节</translation>
  </message>
  <message>
   <source>connect</source>
   <translation>连接</translation>
  </message>
  <message>
   <source>control</source>
   <translation>控制</translation>
  </message>
  <message>
   <source>control, sent</source>
   <translation>控制，发送</translation>
  </message>
  <message>
   <source>count</source>
   <translation>数量</translation>
  </message>
  <message>
   <source>first token {time}</source>
   <translation>首个 token {time}</translation>
  </message>
  <message>
   <source>from, ms</source>
   <translation>起始（毫秒）</translation>
  </message>
  <message>
   <source>gaps</source>
   <translation>间隔</translation>
  </message>
  <message>
   <source>in one read</source>
   <translation>同一次读取</translation>
  </message>
  <message>
   <source>longest</source>
   <translation>最长</translation>
  </message>
  <message>
   <source>lookup</source>
   <translation>解析</translation>
  </message>
  <message>
   <source>mean</source>
   <translation>平均</translation>
  </message>
  <message>
   <source>not connected {time}</source>
   <translation>断开 {time}</translation>
  </message>
  <message>
   <source>not read yet</source>
   <translation>尚未读取</translation>
  </message>
  <message>
   <source>other</source>
   <translation>其他</translation>
  </message>
  <message>
   <source>proxy</source>
   <translation>代理</translation>
  </message>
  <message>
   <source>reads</source>
   <translation>读取</translation>
  </message>
  <message>
   <source>received</source>
   <translation>收到</translation>
  </message>
  <message>
   <source>send</source>
   <translation>发送</translation>
  </message>
  <message>
   <source>sent</source>
   <translation>发送</translation>
  </message>
  <message>
   <source>share, %</source>
   <translation>占比（%）</translation>
  </message>
  <message>
   <source>so far</source>
   <translation>累计</translation>
  </message>
  <message>
   <source>socket read</source>
   <translation>套接字读取</translation>
  </message>
  <message>
   <source>stall {time}</source>
   <translation>停顿 {time}</translation>
  </message>
  <message>
   <source>straight line</source>
   <translation>直线</translation>
  </message>
  <message>
   <source>time, ms</source>
   <translation>时间（毫秒）</translation>
  </message>
  <message>
   <source>to, ms</source>
   <translation>终止（毫秒）</translation>
  </message>
  <message>
   <source>wait</source>
   <translation>等待</translation>
  </message>
  <message>
   <source>{count} messages received in {time}.</source>
   <translation>{time} 内收到 {count} 条消息。</translation>
  </message>
  <message>
   <source>{count} sent.</source>
   <translation>已发送 {count} 条。</translation>
  </message>
  <message>
   <source>{hours} h {minutes} min</source>
   <translation>{hours} 小时 {minutes} 分</translation>
  </message>
  <message>
   <source>{minutes} min</source>
   <translation>{minutes} 分</translation>
  </message>
  <message>
   <source>{time} · {count} messages · {rate}/s</source>
   <translation>{time} · {count} 条消息 · {rate}/秒</translation>
  </message>
  <message>
   <source>{time}, {gap} after the one before</source>
   <translation>{time}，距上一个 {gap}</translation>
  </message>
 </context>
 <context>
  <name>tones</name>
  <message>
   <source>end</source>
   <translation>结束</translation>
  </message>
  <message>
   <source>error</source>
   <translation>错误</translation>
  </message>
  <message>
   <source>finish</source>
   <translation>完成</translation>
  </message>
  <message>
   <source>keep-alive</source>
   <translation>保活</translation>
  </message>
  <message>
   <source>other</source>
   <translation>其他</translation>
  </message>
  <message>
   <source>reasoning</source>
   <translation>推理</translation>
  </message>
  <message>
   <source>refusal</source>
   <translation>拒绝</translation>
  </message>
  <message>
   <source>text</source>
   <translation>文本</translation>
  </message>
  <message>
   <source>tool call</source>
   <translation>工具调用</translation>
  </message>
  <message>
   <source>usage</source>
   <translation>用量</translation>
  </message>
 </context>
 <context>
  <name>waterfall</name>
  <message>
   <source>Attempt {number}</source>
   <translation>第 {number} 次尝试</translation>
  </message>
  <message>
   <source>The whole attempt</source>
   <translation>整次尝试</translation>
  </message>
  <message>
   <source>now</source>
   <translation>现在</translation>
  </message>
  <message>
   <source>{gap} of nothing before it</source>
   <translation>此前空闲 {gap}</translation>
  </message>
  <message>
   <source>{name}: from {begin} to {end}, {lasted}, {share} % of all</source>
   <translation>{name}：从 {begin} 到 {end}，{lasted}，占全部的 {share} %</translation>
  </message>
 </context>
 <context>
  <name>written</name>
  <message>
   <source>Part {number}: {name}</source>
   <translation>第 {number} 部分：{name}</translation>
  </message>
  <message>
   <source>Read from disk while it was sent, and not recorded: {files}</source>
   <translation>发送时从磁盘读取，未记录：{files}</translation>
  </message>
  <message>
   <source>The body of {count} bytes is not recorded.</source>
   <translation>正文的 {count} 字节未记录。</translation>
  </message>
  <message>
   <source>{size} that are no text:</source>
   <translation>{size} 非文本内容：</translation>
  </message>
  <message>
   <source>… {count} more headers …</source>
   <translation>… 另有 {count} 个头部 …</translation>
  </message>
  <message>
   <source>… {size} more</source>
   <translation>… 另有 {size}</translation>
  </message>
 </context>
</TS>
